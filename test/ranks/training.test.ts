/** Several ranks that train together have the bits of one process, in every report and in the weights. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Group } from '../../src/base/ranks/group.js';
import { createBackend, createModel, trainModel } from '../../src/index.js';
import { weightsSha256 } from '../../src/model/modelfile.js';
import type { ModelConfig } from '../../src/network/config.js';
import type { Checkpoint } from '../../src/train/checkpoint/checkpoint.js';
import type { TrainOptions } from '../../src/train/options.js';
import { memoryLinks } from '../support/ranks/memory-links.js';
import { squares } from '../support/training/squares.js';

const CONFIG: Partial<ModelConfig> = { filters: [3, 4], norm: 'batch', dropout: 0.2 };
const OPTIONS: TrainOptions = {
  epochs: 2,
  batch: 6,
  microBatch: 2,
  learningRate: 0.01,
  emaDecay: 0.9,
  maxGradientNorm: 0.5,
};

/** Trains alone, or as one of a group. */
async function train(options: TrainOptions, workers = 1) {
  const model = createModel(CONFIG, { backend: createBackend('wasm', { workers }), seed: 3 });
  const reports = [];
  let last: Checkpoint | undefined;
  const onCheckpoint = async (checkpoint: Checkpoint) => {
    last = checkpoint;
  };
  for await (const { seconds, imagesPerSecond, ...report } of trainModel(model, squares({ train: 23 }), {
    ...OPTIONS,
    onCheckpoint,
    ...options,
  })) {
    reports.push(report);
  }
  const sha256 = await weightsSha256(model);
  model.backend.close();
  return { reports, sha256, last };
}

/** Trains in a group of so many ranks. @param optionsOf further options of each */
function together(ranks: number, optionsOf: (rank: number) => TrainOptions = () => ({}), workers = 1) {
  return Promise.all(
    memoryLinks(ranks).map((link) => {
      const { signal, ...options } = optionsOf(link.rank);
      return train({ ...options, group: new Group(link, signal) }, workers);
    }),
  );
}

const alone = train({});

for (const [ranks, workers] of [
  [2, 1],
  [3, 1],
  [5, 1],
  [2, 2],
] as const) {
  test(`${ranks} ranks of ${workers} workers`, async () => {
    const { reports, sha256 } = await alone;
    for (const rank of await together(ranks, undefined, workers)) {
      assert.equal(rank.reports, reports);
      assert.is(rank.sha256, sha256);
    }
  });
}

test('a wish to stop of any rank ends all after the same step; another number of ranks goes on', async () => {
  const controller = new AbortController();
  let done = 0;
  const optionsOf = (rank: number): TrainOptions =>
    rank === 1
      ? {
          signal: controller.signal,
          observers: [{ step: () => void (++done === 1 && controller.abort()) }],
        }
      : {};
  const stopped = await together(3, optionsOf);
  const [first] = stopped;
  for (const { reports, last } of stopped) {
    assert.is(reports.length, 0);
    assert.equal(last, first!.last);
  }
  const resume = first!.last!;
  assert.ok((resume.state.current as { steps: number }).steps > 0);
  const { reports, sha256 } = await alone;
  // Only the first has the checkpoint.
  for (const rank of await together(2, (rank) => (rank === 0 ? { resume } : {}))) {
    assert.equal(rank.reports, reports);
    assert.is(rank.sha256, sha256);
  }
});

test.run();
