/** The same seed gives the same bits, and micro-batches change nothing but rounding. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunks } from '../../src/base/chunks.js';
import { augment, parseAugmentations } from '../../src/data/augment/augment.js';
import {
  createBackend,
  createModel,
  type Model,
  type ModelConfig,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { isTrainable } from '../../src/network/parameters.js';
import { relativeError } from '../../src/selftest/compare.js';
import { type Example, TrainingStep } from '../../src/train/step/step.js';
import { squares } from '../support/training/squares.js';

const FLIP = parseAugmentations('flip');
const modelOf = (config: Partial<ModelConfig> = {}, seed = 1): Model =>
  createModel({ filters: [4, 8, 12], ...config }, { backend: createBackend(), seed });

async function trained(config: Partial<ModelConfig>, seed: number): Promise<string> {
  const model = modelOf(config, seed);
  const dataset = squares({ train: 10 });
  const options = { epochs: 2, batch: 6, microBatch: 4, learningRate: 1e-2, seed };
  for await (const _ of trainModel(model, dataset, { ...options, augment: (s, key) => augment(s, FLIP, key) }));
  return weightsSha256(model);
}

for (const config of [{ dropout: 0.2 }, { norm: 'batch' }, { norm: 'group' }] as Partial<ModelConfig>[]) {
  // Shuffling, augmentation, dropout, norms, the optimizer and the order of every sum, all at once.
  test(`the same seed trains to the same bits: ${JSON.stringify(config)}`, async () => {
    assert.is(await trained(config, 1), await trained(config, 1));
  });
}

/**
 * Witnesses: what these runs gave on the machine that wrote them down. Another Node, another processor, with or without
 * the vectoriser: they give the same. A kernel that sums in another order changes them, and says so by changing this.
 */
const WITNESSES: readonly [Partial<ModelConfig>, string][] = [
  [{ filters: [8, 16, 24] }, 'aa4f4a37d8ad72c21c771ec04b7fb8f5f153e5803868d814f7b145a5b1006034'],
  [
    { filters: [8, 16, 24], norm: 'batch', upsample: 'bilinear', dropout: 0.2 },
    '13b8b36e581968daea2ab1b333baa1233ad83b7a04e9bd36da5e63e7e1747112',
  ],
  [
    { filters: [5, 9, 16], norm: 'group', skips: 'adjacent' },
    'aee7be05fbc3572b5818fae3287164ff6557f087488a0faeae9655cdde6d4875',
  ],
];

for (const [config, sha256] of WITNESSES) {
  test(`the same bits on every machine and every Node: ${JSON.stringify(config)}`, async () => {
    assert.is(await trained(config, 1), sha256);
  });
}

test('another seed gives other bits', async () => {
  assert.is.not(await trained({}, 1), await trained({}, 2));
});

async function examples(count: number): Promise<Example[]> {
  const dataset = squares({ train: count });
  return Promise.all(
    dataset.split.train.map(async (name, k) => {
      const { image, mask } = await dataset.load(name);
      return { name, image, mask, dropoutKey: [k, 0] as const };
    }),
  );
}

/** The gradients of one mini-batch, cut into micro-batches of that size, and its loss. */
async function gradientsOf(model: Model, batch: readonly Example[], microBatch: number) {
  const step = new TrainingStep(model, { width: 16, height: 16 });
  const parts = chunks(batch, microBatch);
  const { losses } = await step.accumulate(
    batch.length,
    parts.map((part) => async () => part),
  );
  const loss = (await losses).reduce((sum, { total }, k) => sum + (total * parts[k]!.length) / batch.length, 0);
  return { step, loss };
}

for (const config of [{}, { norm: 'instance' }, { dropout: 0.3 }] as Partial<ModelConfig>[]) {
  test(`a batch of 8 in micro-batches of 8, 4, 3 and 2: the same gradients but for rounding ${JSON.stringify(config)}`, async () => {
    const model = modelOf(config);
    const batch = await examples(8);
    const whole = await gradientsOf(model, batch, 8);
    for (const microBatch of [4, 3, 2]) {
      const cut = await gradientsOf(model, batch, microBatch);
      assert.ok(Math.abs(cut.loss - whole.loss) < 1e-5);
      for (const parameter of model.parameters.list.filter(isTrainable)) {
        // A norm removes the bias before it: that gradient is rounding alone.
        if (config.norm && /conv[12]\.bias$/.test(parameter.name)) continue;
        const read = [cut, whole].map(({ step }) => model.parameters.sliceOf(step.gradients, parameter).read());
        const [a, b] = await Promise.all(read);
        assert.ok(
          relativeError(a!, b!) < 1e-4,
          `${parameter.name}, micro-batches of ${microBatch}: ${relativeError(a!, b!)}`,
        );
      }
    }
  });
}

test('an update begins a new mini-batch', async () => {
  const model = modelOf();
  const batch = await examples(4);
  const { step } = await gradientsOf(model, batch, 2);
  const expected = await step.gradients.read();
  const before = await model.parameters.snapshot();
  step.update(1e-3);
  model.parameters.restore(before);
  await step.accumulate(
    4,
    chunks(batch, 2).map((part) => async () => part),
  );
  assert.equal(await step.gradients.read(), expected);
});

test.run();
