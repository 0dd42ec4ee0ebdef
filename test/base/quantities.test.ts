/** Counts, sizes and times as people read them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { duration, grouped, inWords, memorySize, plural } from '../../src/base/quantities.js';

test('numbers as people read them', () => {
  assert.equal([0, 65.4, 3599.6, 7387].map(duration), ['0:00', '1:05', '1:00:00', '2:03:07']);
  assert.equal([12, 1234, 9_041_700].map(grouped), ['12', '1,234', '9,041,700']);
  assert.equal([432, 34.2e6, 8.75e9].map(inWords), ['0.4 thousand', '34.2 million', '8.8 billion']);
  assert.equal([1, 73e6, 1.25 * 2 ** 30, 2 ** 45].map(memorySize), ['1 MB', '70 MB', '1.3 GB', '32,768 GB']);
  assert.equal([plural(1, 'image'), plural(2000, 'image')], ['1 image', '2,000 images']);
});

test.run();
