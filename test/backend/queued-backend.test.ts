/** Nothing above a backend depends on its calls having happened when they return: the witness of the interface. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import {
  type Checkpoint,
  createModel,
  encodeModel,
  type Model,
  type ModelConfig,
  prune,
  type StepReport,
  type TrainOptions,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { QueuedBackend } from '../support/backend/queued-backend.js';
import { squares } from '../support/training/squares.js';

const OPTIONS: TrainOptions = {
  epochs: 2,
  batch: 4,
  microBatch: 2,
  learningRate: 0.05,
  emaDecay: 0.5,
  maxGradientNorm: 1,
};

const modelOn = (config: Partial<ModelConfig>, backend: Backend, seed = 1): Model =>
  createModel({ filters: [2, 3], ...config }, { backend, seed });

const dataset = squares({ train: 6, size: 8 });
const image = { width: 10, height: 6, channels: 1, data: Float32Array.from({ length: 60 }, (_, i) => (i % 7) / 7) };

/** All that can be read of a training: reports, checkpoints, weights, predictions. */
async function everything(config: Partial<ModelConfig>, backend: Backend) {
  const model = modelOn(config, backend);
  const checkpoints: Checkpoint[] = [];
  const onCheckpoint = async (checkpoint: Checkpoint) => void checkpoints.push(checkpoint);
  const steps: object[] = [];
  const step = ({ seconds, ...report }: StepReport) => void steps.push(report);
  const reports = [];
  const options = { ...OPTIONS, checkpointEvery: { steps: 1 }, onCheckpoint, observers: [{ step }] };
  for await (const report of trainModel(model, dataset, options)) {
    const { seconds, imagesPerSecond, ...same } = report;
    // While a report is looked at, the model has the weights that were validated.
    reports.push({ ...same, sha256: await weightsSha256(model) });
  }
  const resumed = modelOn(config, backend, 2);
  for await (const _ of trainModel(resumed, dataset, { ...OPTIONS, resume: checkpoints[0]! }));
  // All at once: the programs of one network take turns in the same memory.
  const predicted = [model, resumed, prune(model, 1)].flatMap((each) => [each.predict(image), each.predict(image)]);
  const predictions = await Promise.all(predicted);
  const files = [await encodeModel(model), await encodeModel(resumed)];
  model.free();
  return { steps, reports, checkpoints, predictions, files };
}

for (const config of [{ norm: 'batch', dropout: 0.2 }, {}] satisfies Partial<ModelConfig>[]) {
  test(`a backend that does everything later gives the same bits: ${JSON.stringify(config)}`, async () => {
    const queued = new QueuedBackend();
    assert.equal(await everything(config, queued), await everything(config, new ReferenceBackend()));
    assert.ok(queued.queue.length > 100, `${queued.queue.length} calls`);
  });
}

test.run();
