/** Checkpoints have one layout whatever the alignment of the backend, and a training goes on with another backend. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { createModel, type Model, type TrainOptions, trainModel, weightsSha256 } from '../../src/index.js';
import { listParameters, storeLengths } from '../../src/network/parameters.js';
import { type Checkpoint, encodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import { trainingMemory } from '../../src/train/memory.js';
import { AlignedBackend } from '../support/backend/aligned-backend.js';
import { messageOf } from '../support/faults.js';
import { squares } from '../support/training/squares.js';

const dataset = squares({ train: 6, size: 8 });
// Without clipping, whose norm is rounded chunk by chunk of the flat memory.
const OPTIONS: TrainOptions = {
  epochs: 3,
  batch: 3,
  microBatch: 2,
  learningRate: 0.05,
  emaDecay: 0.5,
  checkpointEvery: { steps: 1 },
};
/** That of a GPU, a smaller one than ours, and one that is no multiple of it. */
const ALIGNMENTS = [64, 8, 24];

const modelOf = (backend: Backend, filters = [2, 3]): Model => createModel({ filters, norm: 'batch' }, { backend });

/** All that is left of a training: its checkpoints, as they are and as the bytes of their files, and its weights. */
async function trained(backend: Backend, more: TrainOptions = {}) {
  const model = modelOf(backend);
  const checkpoints: Checkpoint[] = [];
  const onCheckpoint = async (checkpoint: Checkpoint) => void checkpoints.push(checkpoint);
  for await (const _ of trainModel(model, dataset, { ...OPTIONS, onCheckpoint, ...more }));
  const files = [];
  for (const checkpoint of checkpoints) files.push(Buffer.concat(await encodeCheckpoint(checkpoint)));
  return { checkpoints, files, weights: await weightsSha256(model) };
}

const whole = await trained(new ReferenceBackend());

for (const alignment of ALIGNMENTS) {
  test(`alignment ${alignment}: the files of its checkpoints have the bytes of alignment 16`, async () => {
    const { files, weights } = await trained(new AlignedBackend(alignment));
    assert.is(weights, whole.weights);
    assert.is(files.length, whole.files.length);
    for (const [k, file] of files.entries()) assert.ok(file.equals(whole.files[k]!), `checkpoint ${k}`);
  });

  test(`alignment ${alignment}: begun with 16 it goes on with this one, and the other way round`, async () => {
    // Within the first epoch, which has no best weights, and within the second.
    for (const k of [0, 3]) {
      const there = await trained(new AlignedBackend(alignment), { resume: whole.checkpoints[k]! });
      assert.is(there.weights, whole.weights, `there from ${k}`);
      assert.ok(there.files.at(-1)!.equals(whole.files.at(-1)!), `the last checkpoint, there from ${k}`);
      const back = await trained(new ReferenceBackend(), { resume: there.checkpoints[0]! });
      assert.is(back.weights, whole.weights, `back from ${k}`);
      assert.ok(back.files.at(-1)!.equals(whole.files.at(-1)!), `the last checkpoint, back from ${k}`);
    }
  });
}

test('errors name the lengths in the checkpoint and not those in memory', async () => {
  const other = modelOf(new AlignedBackend(64), [3, 4]);
  const message = await messageOf(trainModel(other, dataset, { ...OPTIONS, resume: whole.checkpoints[0]! }).next());
  const { trainable } = storeLengths(listParameters(other.config), { alignment: 16 });
  const had = whole.checkpoints[0]!.tensors.get('trainable')!.length;
  assert.match(message, `checkpoint: trainable has ${had} values, this training needs ${trainable}; `);
  assert.ok(other.parameters.trainable.length > trainable);
});

test('snapshots and values by name do not depend on the alignment', async () => {
  const [here, there] = [modelOf(new ReferenceBackend()), modelOf(new AlignedBackend(64))];
  assert.equal(await there.parameters.snapshot(), await here.parameters.snapshot());
  assert.equal(await there.parameters.read(), await here.parameters.read());
  const fresh = createModel({ filters: [2, 3], norm: 'batch' }, { backend: new AlignedBackend(64), seed: 2 });
  fresh.parameters.restore(await here.parameters.snapshot());
  assert.is(await weightsSha256(fresh), await weightsSha256(here));
});

test('the forecast counts the memory as the backend lays it out', () => {
  for (const alignment of [16, 64]) {
    const backend = new AlignedBackend(alignment);
    const { config, parameters } = modelOf(backend);
    const forecast = trainingMemory(config, { size: 8, batch: 3, microBatch: 2 }, backend);
    assert.is(forecast.parameters, 4 * (parameters.trainable.length + parameters.statistics.length));
    assert.is(forecast.optimizer, 2 * 4 * parameters.trainable.length);
  }
});

test.run();
