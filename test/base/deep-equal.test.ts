/** Values of JSON are compared by what they hold. */
import { isDeepStrictEqual } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deepEqual } from '../../src/base/deep-equal.js';

const VALUES = [
  ...[null, undefined, true, 0, -0, 1, NaN, '', '1', [], {}, [null], [undefined], [1, 2], [2, 1], [[1], 2]],
  ...[{ a: 1 }, { a: undefined }, { b: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }, { 0: 1, 1: 2 }, { a: [{ b: null }] }],
];

test('every pair of values is judged as Node judges it', () => {
  for (const a of VALUES) {
    for (const b of VALUES) {
      const [left, right] = [structuredClone(a), structuredClone(b)];
      assert.is(
        deepEqual(left, right),
        isDeepStrictEqual(left, right),
        `${JSON.stringify(a)} and ${JSON.stringify(b)}`,
      );
    }
  }
});

test.run();
