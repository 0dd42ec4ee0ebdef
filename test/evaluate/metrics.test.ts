/** Scores of masks against answers worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MetricAccumulator } from '../../src/evaluate/metrics.js';
import { confusionCounts, type OverlapScores, overlapScores } from '../../src/evaluate/overlap.js';
import type { Image, Spacing } from '../../src/image/image.js';
import { toMask } from '../../src/infer/prediction.js';

const mask = (...data: number[]): Image<Uint8Array> => ({
  width: data.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(data),
});

type Pair = readonly [Image<Uint8Array>, Image<Uint8Array>];

interface Measured {
  readonly distances?: boolean;
  readonly spacing?: Spacing;
}

function scoresOf(classes: number, pairs: readonly Pair[], options: Measured = {}) {
  const accumulator = new MetricAccumulator(classes, { distances: options.distances });
  for (const [predicted, actual] of pairs) accumulator.add(predicted, actual, options.spacing);
  return accumulator.scores();
}

/** Only the overlap scores. */
const overlaps = ({ dice, iou, precision, sensitivity, specificity }: OverlapScores) => ({
  dice,
  iou,
  precision,
  sensitivity,
  specificity,
});

test('overlap counts pixels of one class', () => {
  const counts = confusionCounts(Uint8Array.of(1, 1, 0, 0, 1), Uint8Array.of(1, 0, 1, 0, 1), 1);
  assert.equal(counts, { intersection: 2, predicted: 3, actual: 3, pixels: 5 });
});

test('scores by their definitions', () => {
  // 2 true positives, 1 false positive, 2 false negatives, 5 true negatives.
  assert.equal(overlapScores({ intersection: 2, predicted: 3, actual: 4, pixels: 10 }), {
    dice: 4 / 7,
    iou: 2 / 5,
    precision: 2 / 3,
    sensitivity: 2 / 4,
    specificity: 5 / 6,
  });
});

const PERFECT = { dice: 1, iou: 1, precision: 1, sensitivity: 1, specificity: 1 };
const [NONE, SOME, ALL] = [mask(0, 0, 0, 0), mask(0, 1, 0, 0), mask(1, 1, 1, 1)];

test('empty masks: both are full agreement, one is none', () => {
  const wrong = { dice: 0, iou: 0, precision: 0, sensitivity: 0 };
  const distances = { distances: true };
  const both = scoresOf(1, [[NONE, NONE]], distances);
  assert.equal(overlaps(both), PERFECT);
  assert.equal([both.hd95, both.assd, both.undefinedDistances], [0, 0, 0]);
  for (const [pair, specificity] of [
    [[NONE, SOME], 1],
    [[SOME, NONE], 3 / 4],
    [[ALL, NONE], 0],
    [[NONE, ALL], 1],
  ] as const) {
    const one = scoresOf(1, [pair], distances);
    assert.equal(overlaps(one), { ...wrong, specificity });
    assert.equal([one.hd95, one.assd, one.undefinedDistances], [null, null, 1]);
  }
  assert.equal(overlaps(scoresOf(1, [[ALL, ALL]])), PERFECT);
});

test('undefined distances are left out of the mean and counted', () => {
  const shifted = [mask(1, 0, 0, 0), mask(0, 0, 1, 0)] as const;
  const scores = scoresOf(1, [shifted, [NONE, SOME], [SOME, SOME], [SOME, NONE]], { distances: true });
  assert.equal([scores.hd95, scores.assd, scores.undefinedDistances], [1, 1, 2]);
  assert.is('hd95' in scoresOf(1, [shifted]), false, 'not asked for');
});

test('per image is the mean over images, pooled counts all pixels together', () => {
  // Dice 1/2 and 1, IoU 1/3 and 1; pooled: intersection 1 + 4, sizes 2 + 4 and 2 + 4, 8 pixels.
  const scores = scoresOf(1, [
    [mask(1, 1, 0, 0), mask(0, 1, 1, 0)],
    [ALL, ALL],
  ]);
  assert.equal(scores, {
    dice: 0.75,
    iou: (1 / 3 + 1) / 2,
    precision: 0.75,
    sensitivity: 0.75,
    specificity: 0.75,
    pooledDice: 10 / 12,
    pooledIou: 5 / 7,
    pooledPrecision: 5 / 6,
    pooledSensitivity: 5 / 6,
    pooledSpecificity: 1 / 2,
  });
});

test('several classes: the mean over the classes but the background, and each by itself', () => {
  // Class 1: Dice 2/3, IoU 1/2. Class 2: Dice 1, IoU 1. Class 3 is in the first prediction alone.
  const pairs = [
    [mask(1, 1, 2, 3), mask(1, 0, 2, 0)],
    [mask(0, 0, 2, 0), mask(0, 0, 2, 0)],
  ] as const;
  const { perClass = [], ...scores } = scoresOf(4, pairs, { distances: true, spacing: [1, 0.5] });
  assert.is(scores.dice, ((2 / 3 + 1) / 2 + 1 + (0 + 1) / 2) / 3);
  assert.is(scores.pooledIou, (1 / 2 + 1 + 0) / 3);
  assert.equal(
    perClass.map((one) => [one.class, one.dice, one.pooledDice, one.pooledSpecificity]),
    [
      [1, (2 / 3 + 1) / 2, 2 / 3, 6 / 7],
      [2, 1, 1, 1],
      [3, 1 / 2, 0, 7 / 8],
    ],
  );
  // Class 1: 0.5 from the second pixel to the first; the mean of 0, 0.5 and 0, and of the empty image.
  assert.equal(
    perClass.map((one) => [one.assd, one.undefinedDistances]),
    [
      [(0.5 / 3 + 0) / 2, 0],
      [0, 0],
      [0, 1],
    ],
  );
  assert.equal([scores.assd, scores.undefinedDistances], [0.5 / 6 / 3, 1]);
});

test('add gives the scores of the image, by class too', () => {
  const accumulator = new MetricAccumulator(3, { distances: true });
  const { perClass, ...scores } = accumulator.add(mask(1, 1, 2, 0), mask(1, 1, 0, 0));
  assert.equal(scores, {
    dice: 1 / 2,
    iou: 1 / 2,
    precision: 1 / 2,
    sensitivity: 1 / 2,
    specificity: (1 + 3 / 4) / 2,
    hd95: 0,
    assd: 0,
    undefinedDistances: 1,
  });
  assert.equal(
    perClass!.map((one) => [one.class, one.dice, one.hd95, one.undefinedDistances]),
    [
      [1, 1, 0, 0],
      [2, 0, null, 1],
    ],
  );
  assert.is('perClass' in new MetricAccumulator(1).add(SOME, SOME), false);
});

test('a mask of one class is where the probability is above the threshold', () => {
  const prediction = { width: 4, height: 1, classes: 1, probs: Float32Array.of(0.2, 0.5, 0.6, 0.9) };
  assert.equal([...toMask(prediction).data], [0, 0, 1, 1]);
  assert.equal([...toMask(prediction, 0.7).data], [0, 0, 0, 1]);
});

test('a mask of several classes is the most probable one, the first of equals', () => {
  const probs = Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.2, 0.4, 0.1, 0.1, 0.8);
  assert.equal([...toMask({ width: 3, height: 1, classes: 3, probs }).data], [1, 0, 2]);
});

test.run();
