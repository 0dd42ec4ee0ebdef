/** float16: every number there is, and the rounding between them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromFloat16, toFloat16 } from '../../src/base/float16.js';
import { fold, Random, seedKey } from '../../src/base/random.js';

const bitsOf = (value: number) => toFloat16(Float32Array.of(value))[0]!;
const numberOf = (bits: number) => fromFloat16(Uint16Array.of(bits))[0]!;

/** All finite numbers from 0 up, by their bits. */
const POSITIVE = Array.from({ length: 0x7c00 }, (_, bits) => {
  const [exponent, fraction] = [bits >> 10, bits & 0x3ff];
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
});

test('every number by its bits, and back', () => {
  for (const [bits, value] of POSITIVE.entries()) {
    assert.is(numberOf(bits), value);
    assert.is(numberOf(bits | 0x8000), -value);
    assert.is(bitsOf(value), bits);
    assert.is(bitsOf(-value), bits | 0x8000);
  }
  assert.is(numberOf(0x7c00), Number.POSITIVE_INFINITY);
  assert.is(numberOf(0xfc00), Number.NEGATIVE_INFINITY);
  for (const bits of [0x7c01, 0x7e00, 0x7fff, 0xfe00]) assert.ok(Number.isNaN(numberOf(bits)));
  assert.ok(Object.is(numberOf(0x8000), -0));
});

test('rounding: the nearest, of two the even one', () => {
  for (const [value, bits] of [
    [1 + 2 ** -11, 0x3c00],
    [1 + 2 ** -11 + 2 ** -23, 0x3c01],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -11, 0x4000],
    [65519.99609375, 0x7bff],
    [65520, 0x7c00],
    [3.4e38, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [2 ** -14 - 2 ** -26, 0x0400],
    [2 ** -24, 1],
    [1.5 * 2 ** -24, 2],
    [2.5 * 2 ** -24, 2],
    [2 ** -25, 0],
    [2 ** -25 + 2 ** -48, 1],
    [2 ** -149, 0],
  ] as const) {
    assert.is(bitsOf(value), bits, `${value}`);
    assert.is(bitsOf(-value), bits | 0x8000, `${-value}`);
  }
  assert.is(bitsOf(Number.NaN), 0x7e00);
});

test('100,000 numbers of any size lie at the nearest one', () => {
  const random = new Random(fold(seedKey(3), 'float16'));
  const words = Uint32Array.from({ length: 100_000 }, () => random.word() & 0x7fffffff);
  const values = new Float32Array(words.buffer);
  const bits = toFloat16(values);
  for (const [k, value] of values.entries()) {
    if (!(value < 65520)) continue;
    const found = bits[k]!;
    const distance = Math.abs(POSITIVE[found]! - value);
    for (const other of [found - 1, found + 1]) {
      const otherDistance = Math.abs((POSITIVE[other] ?? Number.POSITIVE_INFINITY) - value);
      assert.ok(distance < otherDistance || (distance === otherDistance && found % 2 === 0), `${value}`);
    }
  }
});

test('a part of a longer array', () => {
  assert.equal(toFloat16(Float32Array.of(7, 1, -2, 7).subarray(1, 3)), Uint16Array.of(0x3c00, 0xc000));
});

test.run();
