/** Portable functions: as accurate as they say, and made of nothing that engines may round as they like. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cosine, naturalLog, power, ratio, sine } from '../../src/base/math.js';

const STEPS = 20_000;

test('cosine agrees with Math.cos on [0, pi] to 1e-15', () => {
  let largest = 0;
  for (let k = 0; k <= STEPS; k++) {
    const x = (Math.PI * k) / STEPS;
    largest = Math.max(largest, Math.abs(cosine(x) - Math.cos(x)));
  }
  assert.ok(largest < 1e-15, `${largest}`);
});

test('cosine where it is known', () => {
  assert.is(cosine(0), 1);
  assert.is(cosine(Math.PI), -1);
  assert.ok(Math.abs(cosine(Math.PI / 2)) < 1e-15);
  assert.ok(Math.abs(cosine(Math.PI / 3) - 0.5) < 1e-15);
});

test('sine agrees with Math.sin on [-pi/2, pi/2] to 1e-15, and is 0 at 0', () => {
  let largest = 0;
  for (let k = -STEPS; k <= STEPS; k++) {
    const x = (Math.PI * k) / (2 * STEPS);
    largest = Math.max(largest, Math.abs(sine(x) - Math.sin(x)));
  }
  assert.ok(largest < 1e-15, `${largest}`);
  assert.is(sine(0), 0);
});

test('ratio is a factor, and its opposite the reciprocal', () => {
  assert.equal([0, 0.25, -0.25, 1, -1].map(ratio), [1, 1.25, 0.8, 2, 0.5]);
});

test('power agrees with Math.pow to 1e-15 (1 + |y ln x|), relatively', () => {
  let largest = 0;
  for (let x = 1; x > 1e-9; x *= 0.97) {
    for (let y = 0.05; y <= 10; y += 0.35) {
      const expected = x ** y;
      const scale = expected * (1 - y * Math.log(x));
      largest = Math.max(largest, Math.abs(power(x, y) - expected) / scale);
    }
  }
  assert.ok(largest < 1e-15, `${largest}`);
});

test('power where it is known', () => {
  for (const y of [0.3, 0.9, 1, 7, 10]) assert.is(power(1, y), 1);
  assert.is(power(0.25, 0.5), 0.5);
  assert.is(power(0.5, 10), 1 / 1024);
  assert.is(power(2, 3), 8);
  assert.ok(Math.abs(power(0.1, 2) - 0.01) < 1e-16);
});

test('naturalLog agrees with Math.log', () => {
  for (let x = 1e-9; x < 1e9; x *= 1.07) {
    assert.ok(Math.abs(naturalLog(x) - Math.log(x)) <= 2e-16 * (4 + Math.abs(Math.log(x))), `${x}`);
  }
});

// What these functions gave where they were written down.
test('the same bits on every engine', () => {
  const bits = (x: number): string => new BigUint64Array(Float64Array.of(x).buffer)[0]!.toString(16);
  const expected = ['3fe14a280fb5068c', 'bfefae04be85e5d3', '3fd5a8131b97fd82', '3379b604aaaca653', '3feaed548f090cee'];
  assert.equal([cosine(1), cosine(3), power(0.3, 0.9), power(1e-6, 10), sine(1)].map(bits), expected);
});

test('nothing here is left to the engine', () => {
  const source = readFileSync(new URL('../../../src/base/math.ts', import.meta.url), 'utf8');
  const used = source.replace(/\/\*\*.*?\*\//gs, '').match(/Math\.\w+|\*\*/g) ?? [];
  assert.equal(new Set(used), new Set(['Math.PI', 'Math.LN2', 'Math.floor']));
});

test.run();
