/** Training on many workers: the same bits, whatever their number and whatever becomes of them. */
import type { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { countDown } from '../../src/base/countdown.js';
import { augment, parseAugmentations } from '../../src/data/augment/augment.js';
import { createBackend, createModel, type ModelConfig, trainModel, weightsSha256 } from '../../src/index.js';
import { squares } from '../support/training/squares.js';

const ALL = parseAugmentations('all');
const CONFIGS: readonly Partial<ModelConfig>[] = [
  { filters: [8, 16, 24], norm: 'batch', dropout: 0.2 },
  { filters: [5, 9, 16], norm: 'group', skips: 'adjacent', upsample: 'bilinear' },
];

/** Micro-batches of 2, 2, 2, 2 and 1 in each mini-batch but the last. */
async function trained(backend: Backend, config: Partial<ModelConfig>, onStep = () => {}): Promise<string> {
  const model = createModel(config, { backend, seed: 1 });
  const options = { epochs: 2, batch: 9, microBatch: 2, learningRate: 1e-2, maxGradientNorm: 0.5, emaDecay: 0.9 };
  const dataset = squares({ train: 23 });
  for await (const _ of trainModel(model, dataset, {
    ...options,
    augment: (sample, key) => augment(sample, ALL, key),
    onProgress: onStep,
  }));
  return weightsSha256(model);
}

/** The threads that `work` starts, and those of them that have said that they are ready. */
async function watchingThreads<T>(work: (threads: Worker[], ready: Worker[]) => Promise<T>): Promise<T> {
  const [threads, ready]: [Worker[], Worker[]] = [[], []];
  const add = (worker: Worker) => {
    threads.push(worker);
    worker.once('message', () => ready.push(worker));
  };
  process.on('worker', add);
  try {
    return await work(threads, ready);
  } finally {
    process.off('worker', add);
  }
}

for (const config of CONFIGS) {
  test(`1, 2, 3, 5 and 8 workers, with teams of 1 and 2, give the same bits: ${JSON.stringify(config)}`, async () => {
    const expected = await trained(createBackend(), config);
    for (const [workers, threads] of [
      [2, 1],
      [2, 2],
      [3, 1],
      [5, 1],
      [8, 1],
    ] as const) {
      const backend = createBackend('wasm', { workers, threads });
      assert.is(backend.concurrentPrograms, workers);
      assert.is(await trained(backend, config), expected, `${workers} workers`);
      backend.close();
    }
  });
}

test('workers that are killed in the middle are replaced, and no bit changes', async () => {
  const config = CONFIGS[0]!;
  const expected = await trained(createBackend(), config);
  await watchingThreads(async (threads, ready) => {
    const backend = createBackend('wasm', { workers: 2 });
    let progress = 0;
    // One now and then, while it most likely computes.
    const kill = () => {
      if (progress++ % 5 === 1) void ready.pop()?.terminate();
    };
    assert.is(await trained(backend, config, kill), expected);
    assert.ok(threads.length > 2, 'none was replaced');
    backend.close();
  });
});

for (const [when, event] of [
  // A pool gives a thread its first program when that says that it is ready, and this program takes far longer.
  ['at work', 'message'],
  ['while they start', 'online'],
] as const) {
  test(`threads that die ${when}, three times for a micro-batch, are an error that names its images`, async () => {
    const backend = createBackend('wasm', { workers: 2 });
    const model = createModel({ filters: [64, 128] }, { backend });
    const before = await model.parameters.snapshot();
    await watchingThreads(async (threads) => {
      const kill = (worker: Worker) => worker.once(event, () => setImmediate(() => void worker.terminate()));
      process.on('worker', kill);
      const epochs = trainModel(model, squares({ train: 4, size: 256 }), { batch: 4, microBatch: 4 });
      const error = await epochs.next().then(
        () => undefined,
        (reason: Error) => reason,
      );
      assert.match(
        error?.message ?? '',
        /^training: the computation of the images \S+, \S+, \S+, \S+ failed 3 times: /,
      );
      assert.ok(threads.length >= 3, `${threads.length} threads`);
      process.off('worker', kill);
    });
    assert.equal(await model.parameters.snapshot(), before, 'nothing is half done');
    backend.close();
  });
}

test('a worker that does not answer is given up after a time', async () => {
  const backend = createBackend('wasm', { workers: 2, patience: -1e9 });
  // A program of far more than a tick.
  const model = createModel({ filters: [64, 128] }, { backend });
  const error = await trainModel(model, squares({ train: 4, size: 256 }), { batch: 4, microBatch: 4 })
    .next()
    .then(
      () => undefined,
      (reason: Error) => reason,
    );
  assert.match(error?.message ?? '', /failed 3 times: no answer within -?\d+\.\d s$/);
  backend.close();
});

test('the time of a program is counted in ticks, not by a clock: while the process is stopped, none passes', () => {
  const real = { setInterval, clearInterval };
  let tick = () => {};
  let ended = 0;
  globalThis.setInterval = ((action: () => void) => {
    tick = action;
  }) as typeof setInterval;
  globalThis.clearInterval = () => void ended++;
  let late = 0;
  const stop = countDown(1000, () => late++);
  // Each after whatever time: the process may be stopped for days before it.
  for (let k = 0; k < 9; k++) tick();
  assert.equal([late, ended], [0, 0]);
  tick();
  assert.equal([late, ended], [1, 1]);
  stop();
  assert.is(ended, 2);
  Object.assign(globalThis, real);
});

test('closed, all threads end', async () => {
  await watchingThreads(async (threads) => {
    const backend = createBackend('wasm', { workers: 3 });
    await trained(backend, CONFIGS[1]!);
    const ends = threads.map((thread) => new Promise((resolve) => thread.on('exit', resolve)));
    assert.is(threads.length, 3);
    backend.close();
    await Promise.all(ends);
  });
});

test.run();
