/** Scores of single objects: matches, panoptic quality, and what becomes of nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MetricAccumulator } from '../../src/evaluate/metrics.js';
import {
  meanObjectScores,
  type ObjectCounts,
  objectCounts,
  objectScores,
  pooledObjects,
} from '../../src/evaluate/objects.js';
import type { Image } from '../../src/image/image.js';
import { runsOf } from '../../src/image/runs.js';
import { floodFill } from '../support/image/flood-fill.js';
import { drawn, randomMask } from '../support/image/masks.js';

const countsOf = (predicted: Image<Uint8Array>, actual: Image<Uint8Array>, classes = 1) =>
  objectCounts(runsOf(predicted), runsOf(actual), classes);

test('objects match above half of their union, and at half they do not', () => {
  const actual = drawn('11.111.1', '11.111..', '........');
  const predicted = drawn('11.1....', '11.11...', '11......');
  // 4 of 6 pixels; 3 of 6; nothing.
  const [counts] = countsOf(predicted, actual);
  assert.equal(counts, { predicted: 2, actual: 3, matched: 1, iouSum: 4 / 6 });
  assert.equal(objectScores(counts!), {
    predicted: 2,
    actual: 3,
    matched: 1,
    precision: 1 / 2,
    recall: 1 / 3,
    f1: 2 / 5,
    sq: 4 / 6,
    pq: (2 * (4 / 6)) / 5,
  });
});

test('two objects that a prediction joins are one, and match at most one', () => {
  const [counts] = countsOf(drawn('11111'), drawn('1111.'));
  assert.equal(counts, { predicted: 1, actual: 1, matched: 1, iouSum: 4 / 5 });
  const [joined] = countsOf(drawn('11111'), drawn('111.1'));
  assert.equal(joined, { predicted: 1, actual: 2, matched: 1, iouSum: 3 / 5 });
});

test('nothing in both masks agrees; something in one alone, or nothing that matches, scores 0', () => {
  const empty = drawn('...');
  const some = drawn('1.1');
  const scores = (predicted: Image<Uint8Array>, actual: Image<Uint8Array>) => {
    const { precision, recall, f1, sq, pq } = objectScores(countsOf(predicted, actual)[0]!);
    return [precision, recall, f1, sq, pq];
  };
  assert.equal(scores(empty, empty), [1, 1, 1, 1, 1]);
  assert.equal(scores(some, empty), [0, 0, 0, null, 0]);
  assert.equal(scores(empty, some), [0, 0, 0, null, 0]);
  assert.equal(scores(drawn('.1.'), some), [0, 0, 0, null, 0]);
});

/** The counts of one class, pixel by pixel. */
function byPixels(predicted: Image<Uint8Array>, actual: Image<Uint8Array>, label: number): ObjectCounts {
  const [p, t] = [predicted, actual].map((mask) => floodFill(mask, 8, (value) => value === label)) as [
    number[],
    number[],
  ];
  const [found, true_] = [Math.max(...p), Math.max(...t)];
  let [matched, iouSum] = [0, 0];
  for (let a = 1; a <= found; a++) {
    for (let b = 1; b <= true_; b++) {
      const both = p.filter((of, i) => of === a && t[i] === b).length;
      const either = p.filter((of, i) => of === a || t[i] === b).length;
      if (both / either <= 0.5) continue;
      matched++;
      iouSum += both / either;
    }
  }
  return { predicted: found, actual: true_, matched, iouSum };
}

test('random masks of two classes, by runs as by pixels', () => {
  let matches = 0;
  for (let seed = 0; seed < 40; seed++) {
    const actual = randomMask(seed, 12, 9, 2);
    // The same, but for a few pixels.
    const predicted = {
      ...actual,
      data: actual.data.map((value, i) => ((i * 7 + seed) % 13 === 0 ? (value + 1) % 3 : value)),
    };
    const counts = countsOf(predicted, actual, 2);
    for (const [k, { iouSum, ...numbers }] of counts.entries()) {
      const { iouSum: expected, ...same } = byPixels(predicted, actual, k + 1);
      assert.equal(numbers, same, `seed ${seed}`);
      assert.ok(Math.abs(iouSum - expected) < 1e-9);
      matches += numbers.matched;
    }
  }
  assert.ok(matches > 100, `${matches}`);
});

test('means over images, and all objects counted together', () => {
  const images: ObjectCounts[] = [
    { predicted: 1, actual: 1, matched: 1, iouSum: 0.9 },
    { predicted: 3, actual: 1, matched: 0, iouSum: 0 },
    { predicted: 2, actual: 4, matched: 2, iouSum: 1.4 },
  ];
  const mean = meanObjectScores(images.map(objectScores));
  assert.equal([mean.predicted, mean.actual, mean.matched], [6, 6, 3]);
  assert.ok(Math.abs(mean.f1 - (1 + 0 + 4 / 6) / 3) < 1e-12);
  assert.ok(Math.abs(mean.sq! - (0.9 + 0.7) / 2) < 1e-12, 'the image without a match is left out');
  assert.ok(Math.abs(mean.pq - (0.9 + 0 + 2.8 / 6) / 3) < 1e-12);
  const pooled = objectScores(pooledObjects(images));
  assert.equal([pooled.precision, pooled.recall, pooled.f1], [3 / 6, 3 / 6, 6 / 12]);
  assert.ok(Math.abs(pooled.pq - 4.6 / 12) < 1e-12 && Math.abs(pooled.pq - pooled.sq! * pooled.f1) < 1e-12);
});

test('the accumulator has them by image, by class and together, where they are asked for', () => {
  assert.not.ok('objects' in new MetricAccumulator(1).add(drawn('1'), drawn('1')));
  const accumulator = new MetricAccumulator(3, { objects: true });
  const first = accumulator.add(drawn('11.2', '...2'), drawn('11.2', '...2'));
  assert.equal([first.objects!.predicted, first.objects!.pq], [2, 1]);
  const second = accumulator.add(drawn('1..2'), drawn('1.1.'));
  assert.equal(
    second.perClass!.map(({ objects }) => [objects!.predicted, objects!.actual, objects!.matched]),
    [
      [1, 2, 1],
      [1, 0, 0],
    ],
  );
  const scores = accumulator.scores();
  assert.equal([scores.objects!.predicted, scores.objects!.actual, scores.objects!.matched], [4, 4, 3]);
  assert.is(scores.objects!.f1, ((1 + 2 / 3) / 2 + (1 + 0) / 2) / 2);
  assert.is(scores.pooledObjects!.f1, (4 / 5 + 2 / 3) / 2);
  assert.equal(
    scores.perClass!.map(({ pooledObjects: pooled }) => pooled!.f1),
    [4 / 5, 2 / 3],
  );
});

test.run();
