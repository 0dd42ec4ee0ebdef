/** Dice and IoU against answers worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../src/base/image.js';
import { toMask } from '../src/model/prediction.js';
import { dice, iou, overlap, Tally } from '../src/train/metrics.js';

const mask = (...data: number[]): Image<Uint8Array> => ({
  width: data.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(data),
});

function scoresOf(classes: number, ...pairs: [Image<Uint8Array>, Image<Uint8Array>][]) {
  const tally = new Tally(classes);
  for (const [predicted, actual] of pairs) tally.add(predicted, actual);
  return tally.scores();
}

test('overlap counts pixels of one class', () => {
  const counts = overlap(Uint8Array.of(1, 1, 0, 0, 1), Uint8Array.of(1, 0, 1, 0, 1), 1);
  assert.equal(counts, { intersection: 2, predicted: 3, actual: 3 });
});

test('Dice is 2|PnT| / (|P|+|T|), IoU |PnT| / |PuT|', () => {
  const counts = { intersection: 2, predicted: 3, actual: 4 };
  assert.is(dice(counts), 4 / 7);
  assert.is(iou(counts), 2 / 5);
});

test('both masks empty is full agreement, one empty is none', () => {
  const [none, some] = [mask(0, 0), mask(0, 1)];
  assert.equal(scoresOf(1, [none, none]), { dice: 1, iou: 1, pooledDice: 1, pooledIou: 1 });
  assert.equal(scoresOf(1, [none, some]), { dice: 0, iou: 0, pooledDice: 0, pooledIou: 0 });
  assert.equal(scoresOf(1, [some, none]), { dice: 0, iou: 0, pooledDice: 0, pooledIou: 0 });
});

test('per image is the mean over images, pooled counts all pixels together', () => {
  // Dice 1/2 and 1, IoU 1/3 and 1; pooled: intersection 1 + 4, sizes 2 + 4 and 2 + 4.
  const scores = scoresOf(1, [mask(1, 1, 0, 0), mask(0, 1, 1, 0)], [mask(1, 1, 1, 1), mask(1, 1, 1, 1)]);
  assert.equal(scores, { dice: 0.75, iou: (1 / 3 + 1) / 2, pooledDice: 10 / 12, pooledIou: 5 / 7 });
});

test('several classes: the mean over the classes but the background', () => {
  // Class 1: Dice 2/3, IoU 1/2. Class 2: Dice 1, IoU 1.
  const scores = scoresOf(3, [mask(1, 1, 2, 0), mask(1, 0, 2, 0)]);
  assert.equal(scores.dice, (2 / 3 + 1) / 2);
  assert.equal(scores.pooledIou, (1 / 2 + 1) / 2);
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
