/** The comparison of the heads: scores as `evaluate` has them, costs as those of the pruned models, and the choice. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recommend } from '../../src/evaluate/compare-modes.js';
import { timeModes } from '../../src/evaluate/time-modes.js';
import type { Image } from '../../src/image/image.js';
import { compareModes, createModel, evaluate, type Mode, type Model, prune, summarize } from '../../src/index.js';
import { rejection } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const model = createModel({ filters: [4, 8, 8], norm: 'batch' });
model.adopt({ ...model.card, thresholds: { L1: 0.45, accurate: 0.55 } });

test('scores are those of evaluate, costs those of the pruned models', async () => {
  // 2^depth does not divide it, so that the modes pad differently.
  const dataset = squares({ size: 18 });
  const { images, rows } = await compareModes(model, dataset, { runs: 2 });
  const evaluation = await evaluate(model, dataset);
  assert.is(images, evaluation.images);
  assert.equal(
    rows.map(({ mode, threshold, dice, iou, pooledDice, pooledIou }) => [
      mode,
      threshold,
      dice,
      iou,
      pooledDice,
      pooledIou,
    ]),
    [...evaluation.heads, { head: 'accurate', ...evaluation }].map((of) => {
      return [of.head, of.threshold, of.dice, of.iou, of.pooledDice, of.pooledIou];
    }),
  );
  const costs = [prune(model, 1), prune(model, 2), model].map(({ config }, k) => {
    const side = k === 0 ? 18 : 20;
    const { parameters, macs, parameterBytes, preparedBytes, workingBytes } = summarize(
      config,
      { width: side, height: side },
      model.backend,
    );
    const memoryBytes = parameterBytes + preparedBytes + workingBytes;
    return { parameters, macs, parameterBytes, preparedBytes, workingBytes, memoryBytes };
  });
  rows.forEach((row, k) => {
    for (const [name, value] of Object.entries(costs[k]!)) assert.is(row[name as 'macs'], value, `${row.mode} ${name}`);
  });
  assert.is(rows[1]!.timeShare, 1);
  for (const { milliseconds, timeShare } of rows) {
    assert.ok(milliseconds > 0);
    assert.is(timeShare, milliseconds / rows[1]!.milliseconds);
  }
});

test('the recommendation says on what it stands, and the model stays as it is', async () => {
  const options = { subset: 'train', score: 'pooledIou', tolerance: 1, runs: 1 } as const;
  const { rows, recommendation } = await compareModes(model, squares(), options);
  const scores = Object.fromEntries(rows.map(({ mode, pooledIou }) => [mode, pooledIou]));
  const { subset, score, tolerance } = options;
  assert.equal(recommendation, { mode: 'L1', score, tolerance, subset, images: 16, scores });
  assert.is(model.card.recommendation, undefined);
});

test('one head is a comparison of one', async () => {
  const { rows, recommendation } = await compareModes(prune(model, 2), squares(), { runs: 1 });
  assert.equal([rows.length, recommendation.mode, Object.keys(recommendation.scores)], [1, 'L2', ['L2']]);
});

test('the fewest multiply-adds within the tolerance of the best', () => {
  const rows = [
    [0.9, 10],
    [0.953, 20],
    [0.961, 30],
    [0.95, 40],
    [0.962, 41],
  ].map(([dice = 0, macs = 0]) => ({ dice, macs, iou: 0, pooledDice: 0, pooledIou: 1 - dice }));
  const chosen = (tolerance: number, score: 'dice' | 'pooledIou' = 'dice') => recommend(rows, score, tolerance).macs;
  assert.equal(
    [0, 0.0011, 0.0089, 0.0091, 0.07].map((tolerance) => chosen(tolerance)),
    [41, 30, 30, 20, 10],
  );
  assert.is(chosen(0, 'pooledIou'), 10);
  // The order of the rows does not matter.
  assert.is(recommend([...rows].reverse(), 'dice', 0.01).macs, 20);
  const equal = rows.map((row) => ({ ...row, dice: 0.5 }));
  assert.is(recommend(equal, 'dice', 0).macs, 10);
});

test('options that are not allowed', async () => {
  const refusal = (options: object) => rejection(compareModes(model, squares(), options));
  assert.is(await refusal({ tolerance: -0.1 }), 'compare: tolerance is -0.1, expected a number from 0 to 1');
  assert.is(await refusal({ tolerance: NaN }), 'compare: tolerance is NaN, expected a number from 0 to 1');
  assert.is(await refusal({ runs: 0 }), 'compare: runs is 0, expected a whole number of at least 1');
  assert.match(await refusal({ subset: 'test' }), 'squares: the subset "test" holds no image');
});

/** A model that only takes time: what `durations` says for the next prediction. */
function clockwork(durations: number[]) {
  const calls: string[] = [];
  const { now } = performance;
  // Whole, so that differences of later times are exact.
  let time = Math.ceil(now.call(performance));
  performance.now = () => time;
  const model = {
    async probabilities([image]: Image[], mode: Mode) {
      calls.push(`${mode} ${image!.width}`);
      time += durations.shift()!;
    },
  } as unknown as Model;
  const restore = () => {
    performance.now = now;
  };
  return { model, calls, restore };
}

test('modes are timed in turns, the median of what follows an untimed prediction', async () => {
  const images = [1, 2].map((width) => ({ width, height: 1, channels: 1, data: new Float32Array(width) }));
  // Untimed and timed, L1 and L2, four rounds.
  const { model, calls, restore } = clockwork(
    [
      [90, 3],
      [90, 10],
      [90, 1],
      [90, 40],
      [90, 2],
      [90, 20],
      [90, 8],
      [90, 30],
    ].flat(),
  );
  const progress: string[] = [];
  try {
    const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
    assert.equal(await timeModes(model, ['L1', 'L2'], images, { rounds: 4, onProgress }), [2.5, 25]);
  } finally {
    restore();
  }
  const round = (width: number) => ['L1', 'L1', 'L2', 'L2'].map((mode) => `${mode} ${width}`);
  assert.equal(calls, [...round(1), ...round(2), ...round(1), ...round(2)]);
  assert.equal(progress, ['1/4', '2/4', '3/4', '4/4']);
});

test('a signal ends the comparison', async () => {
  const controller = new AbortController();
  const stop = new Error('enough');
  const seen: string[] = [];
  const work = compareModes(model, squares(), {
    signal: controller.signal,
    onProgress(phase, done) {
      seen.push(`${phase} ${done}`);
      if (phase === 'timing') controller.abort(stop);
    },
  });
  const error = await work.catch((reason: unknown) => reason);
  assert.is(error, stop);
  assert.equal(seen, ['evaluation 4', 'evaluation 6', 'timing 1']);
});

test.run();
