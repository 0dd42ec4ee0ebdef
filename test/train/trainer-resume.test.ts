/** A network trains on from its checkpoints to the same bits; it leaves one where it is stopped. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { augment, parseAugmentations } from '../../src/data/augment/augment.js';
import {
  createBackend,
  createModel,
  type EpochReport,
  type Model,
  type ModelConfig,
  type TrainOptions,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import type { TrainProgress } from '../../src/train/options.js';
import { messageOf } from '../support/faults.js';
import { squares } from '../support/training/squares.js';

const dataset = squares({ train: 7 });
const FLIP = parseAugmentations('flip');
const BASE: TrainOptions = {
  epochs: 4,
  batch: 3,
  microBatch: 2,
  learningRate: 0.02,
  augment: (sample, key) => augment(sample, FLIP, key),
};

interface Case {
  readonly config?: Partial<ModelConfig>;
  readonly options?: TrainOptions;
}

const CASES: Readonly<Record<string, Case>> = {
  'no norm, adam': {},
  'batch norm, dropout, sgd': {
    config: { norm: 'batch', dropout: 0.2 },
    options: { optimizer: 'sgd', learningRate: 0.1 },
  },
  // So fast that the Dice falls, and the rate with it.
  'plateau and average': {
    config: { norm: 'batch' },
    options: { schedule: 'plateau', plateauPatience: 1, learningRate: 0.3, emaDecay: 0.9 },
  },
  'head weights, adamw, cosine, clipping, patience': {
    config: { filters: [2, 3, 4] },
    options: {
      loss: { headWeights: [1, 3] },
      optimizer: 'adamw',
      schedule: 'cosine',
      maxGradientNorm: 0.1,
      patience: 2,
    },
  },
};

interface Run {
  readonly weights: string;
  /** Without times. */
  readonly reports: readonly object[];
  /** As the bytes of their files. */
  readonly checkpoints: readonly Uint8Array[];
}

const modelOf = ({ config }: Case, seed: number): Model =>
  createModel({ filters: [3, 4], ...config }, { backend: createBackend(), seed });

/** Trains a model with initial weights of `seed`. */
async function run(which: Case, seed: number, more: TrainOptions = {}): Promise<Run> {
  const model = modelOf(which, seed);
  const checkpoints: Uint8Array[] = [];
  const reports: object[] = [];
  const onCheckpoint = async (checkpoint: Checkpoint) => {
    checkpoints.push(new Uint8Array(Buffer.concat(await encodeCheckpoint(checkpoint))));
  };
  const options = { ...BASE, ...which.options, checkpointEvery: { steps: 1 }, onCheckpoint, ...more };
  for await (const { seconds, imagesPerSecond, ...report } of trainModel(model, dataset, options)) reports.push(report);
  return { weights: await weightsSha256(model), reports, checkpoints };
}

/** Goes on from a checkpoint; the initial weights are other ones, which must not matter. */
async function resume(which: Case, bytes: Uint8Array, more: TrainOptions = {}): Promise<Run> {
  return run(which, 77, { ...more, resume: await decodeCheckpoint(bytes, 'checkpoint') });
}

/** Asserts that `rest` is how `whole` ends. */
function assertEndOf(whole: Run, rest: Run, message: string): void {
  assert.is(rest.weights, whole.weights, message);
  const { length } = rest.reports;
  assert.equal(rest.reports, length === 0 ? [] : whole.reports.slice(-length), message);
  const [last, expected] = [rest, whole].map(({ checkpoints }) => checkpoints.at(-1));
  if (last) assert.ok(Buffer.from(last).equals(expected!), `${message}: the last checkpoint has other bytes`);
}

for (const [name, which] of Object.entries(CASES)) {
  test(`${name}: from its checkpoints it ends the same`, async () => {
    const whole = await run(which, 1);
    assert.ok(whole.reports.length >= 3, 'an early end');
    assert.is(whole.checkpoints.length, 4 * whole.reports.length, 'three steps and the end of each epoch');
    // After the first step, at the end of an epoch, in the middle of one, and of the last; all of them in training-loop.test.ts.
    for (const k of [0, 3, 5, whole.checkpoints.length - 2]) {
      const rest = await resume(which, whole.checkpoints[k]!);
      assertEndOf(whole, rest, `checkpoint ${k}`);
      assert.is(rest.checkpoints.length, whole.checkpoints.length - 1 - k);
      assert.is(rest.reports.length, whole.reports.length - Math.floor((k + 1) / 4));
    }
  });
}

test('the case of the plateau comes to one', async () => {
  const { reports } = await run(CASES['plateau and average']!, 1);
  const rates = new Set(reports.map((report) => (report as EpochReport).learningRate));
  assert.ok(rates.size > 1, [...rates].join());
});

test('more epochs, from the end of fewer', async () => {
  const which = CASES['batch norm, dropout, sgd']!;
  const [short, long] = [await run(which, 1, { epochs: 2 }), await run(which, 1)];
  const rest = await resume(which, short.checkpoints.at(-1)!);
  assertEndOf(long, rest, 'extended');
  assert.is(rest.reports.length, 2);
});

for (const [where, stops] of Object.entries({
  'in the middle of a mini-batch': ({ epoch, phase, done }) => epoch === 2 && phase === 'training' && done === 5,
  'between epochs': ({ epoch, phase, done, total }) => epoch === 1 && phase === 'validation' && done === total,
  'in a validation': ({ epoch, phase, done }) => epoch === 2 && phase === 'validation' && done === 2,
} satisfies Record<string, (progress: TrainProgress) => boolean>)) {
  test(`stopped by a signal ${where}, it leaves one checkpoint more, and goes on to the same bits`, async () => {
    const which = CASES['plateau and average']!;
    const whole = await run(which, 1);
    const controller = new AbortController();
    const onProgress = (progress: TrainProgress) => {
      if (stops(progress)) controller.abort();
    };
    const stopped = await run(which, 1, { checkpointEvery: {}, signal: controller.signal, onProgress });
    assert.is(stopped.reports.length, 1);
    assert.is(stopped.checkpoints.length, 2, 'after the first epoch, and where it was stopped');
    const rest = await resume(which, stopped.checkpoints[1]!);
    assertEndOf(whole, rest, where);
    assert.is(rest.reports.length, whole.reports.length - 1);
  });
}

test('a checkpoint of another network or optimizer is refused, with the numbers', async () => {
  const { checkpoints } = await run({}, 1, { epochs: 1 });
  const fits = 'resume with the network and the optimizer that it was written with';
  const parameters = (filters: number[]) => modelOf({ config: { filters } }, 1).parameters.trainable.length;
  const [had, needs] = [parameters([3, 4]), parameters([4, 8])];
  const from = (which: Case) => messageOf(resume(which, checkpoints.at(-1)!));
  assert.is(
    await from({ config: { filters: [4, 8] } }),
    `checkpoint: trainable has ${had} values, this training needs ${needs}; ${fits}`,
  );
  assert.match(
    await from({ config: { norm: 'batch' } }),
    /^checkpoint: trainable has \d+ values, this training needs \d+; /,
  );
  assert.is(
    await from({ options: { optimizer: 'sgd' } }),
    `checkpoint: optimizer/velocity is missing, this training needs ${had}; ${fits}`,
  );
  assert.is(
    await from({ options: { emaDecay: 0.9 } }),
    `checkpoint: average is missing, this training needs ${had}; ${fits}`,
  );
  const model = modelOf({}, 77);
  const before = await model.parameters.snapshot();
  const checkpoint = await decodeCheckpoint(checkpoints.at(-1)!, 'checkpoint');
  await messageOf(trainModel(model, dataset, { ...BASE, emaDecay: 0.9, resume: checkpoint }).next());
  assert.equal(await model.parameters.snapshot(), before, 'the model is as it was');
});

test.run();
