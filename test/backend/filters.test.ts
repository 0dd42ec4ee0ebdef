/** Filters that are packed once follow the weights, and serve programs of every image size. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NdArray } from '../../src/backend/run.js';
import { Random, seedKey } from '../../src/base/random.js';
import { createModel, type Model } from '../../src/model/model.js';
import { TrainingStep } from '../../src/train/step/step.js';
import { wasmBackend } from '../support/backend/backends.js';

const CONFIG = { filters: [8, 16], inChannels: 8 };

function network(seed: number): Model {
  return createModel(CONFIG, { backend: wasmBackend(), seed });
}

function image(size: number): NdArray {
  const random = new Random(seedKey(size));
  const shape = [1, size, size, CONFIG.inChannels];
  return { shape, data: Float32Array.from({ length: size * size * CONFIG.inChannels }, () => random.normal()) };
}

test('restored weights are the ones that the next prediction uses', async () => {
  const model = network(1);
  const other = network(2);
  const x = image(16);
  const before = await model.logits(x);
  assert.not.equal(before, await other.logits(x));
  const kept = await model.parameters.snapshot();
  model.parameters.restore(await other.parameters.snapshot());
  assert.equal(await model.logits(x), await other.logits(x));
  model.parameters.restore(kept);
  assert.equal(await model.logits(x), before);
});

test('so are weights that training has moved', async () => {
  const model = network(1);
  const x = image(16);
  const before = await model.logits(x);
  const step = new TrainingStep(model, { width: 16, height: 16 });
  const data = Float32Array.from(x.data);
  const mask = { width: 16, height: 16, channels: 1, data: new Uint8Array(256).fill(1) };
  const picture = { width: 16, height: 16, channels: CONFIG.inChannels, data };
  await step.accumulate(1, [async () => [{ name: 'one', image: picture, mask, dropoutKey: [0, 0] }]]);
  step.update(1e-2);
  const fresh = network(3);
  fresh.parameters.restore(await model.parameters.snapshot());
  assert.not.equal(await model.logits(x), before);
  assert.equal(await model.logits(x), await fresh.logits(x));
});

test('values written by hand need a word, and then count', async () => {
  const model = network(1);
  const x = image(16);
  const before = await model.logits(x);
  model.parameters.get('conv0_0.conv1.weight').fill(0);
  assert.equal(await model.logits(x), before, 'still the filters packed before');
  model.parameters.weightsChanged();
  assert.not.equal(await model.logits(x), before);
});

test('another image size reads the same filters', async () => {
  const model = network(1);
  await model.logits(image(16));
  const fresh = network(1);
  for (const size of [24, 32, 16]) {
    assert.equal(await model.logits(image(size)), await fresh.logits(image(size)), `${size}`);
  }
});

test.run();
