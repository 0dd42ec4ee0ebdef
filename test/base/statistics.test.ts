import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { roundUp } from '../../src/base/math.js';
import { mean, median, percentile } from '../../src/base/statistics.js';

test('mean and median, also of an even count; nothing is reordered', () => {
  const values = [10, 1, 9, 2];
  assert.is(mean(values), 5.5);
  assert.is(median(values), 5.5);
  assert.is(median([10, 1, 9]), 9);
  assert.is(median([0.1]), 0.1);
  assert.equal(values, [10, 1, 9, 2]);
});

test("percentiles are NumPy's", () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  const at = (share: number) => percentile(sorted, share);
  assert.equal([0, 0.25, 0.5, 0.95, 1].map(at), [1, 1.75, 3, 7.399999999999999, 8]);
  assert.is(percentile([7], 0.3), 7);
});

test('sizes become multiples of a unit', () => {
  assert.equal(
    [0, 1, 8, 9].map((size) => roundUp(size, 8)),
    [0, 8, 8, 16],
  );
});

test.run();
