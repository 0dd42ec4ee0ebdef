/** Rearranging and resampling: where pixels go, and what is beyond an edge. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fold, Random, seedKey } from '../../src/base/random.js';
import type { Image } from '../../src/image/image.js';
import { padReflect } from '../../src/image/pad.js';
import { mirrored, rearrange, turned, type Walk } from '../../src/image/rearrange.js';
import { splineField } from '../../src/image/spline.js';
import { type Positions, pixelGrid, warpImage, warpMask } from '../../src/image/warp.js';
import { wholeWindow } from '../../src/image/window.js';

const frame = { width: 3, height: 2, channels: 1 };
/** 1 2 3 above 4 5 6. */
const SIX: Image<Uint8Array> = { ...frame, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

function rows({ width, height, data }: Image): string {
  return Array.from({ length: height }, (_, y) => data.slice(y * width, (y + 1) * width).join('')).join(' ');
}

test('mirrored and turned', () => {
  const shown = (walk: Walk) => rows(rearrange(SIX, walk));
  assert.is(shown(mirrored(SIX, false, false)), '123 456');
  assert.is(shown(mirrored(SIX, true, false)), '321 654');
  assert.is(shown(mirrored(SIX, false, true)), '456 123');
  assert.is(shown(mirrored(SIX, true, true)), '654 321');
  assert.equal(
    [0, 1, 2, 3].map((quarters) => shown(turned(SIX, quarters))),
    ['123 456', '41 52 63', '654 321', '36 25 14'],
  );
});

test('channels stay together, and the type stays', () => {
  const colour = { width: 2, height: 1, channels: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  assert.equal(rearrange(colour, mirrored(colour, true, false)).data, Float32Array.of(4, 5, 6, 1, 2, 3));
});

/** The row 10 20 40 at positions between -5 and 7. */
function row(...x: number[]): number[] {
  const line = { width: 3, height: 1, channels: 1, data: Float32Array.of(10, 20, 40) };
  const positions = { width: x.length, height: 1, x: Float64Array.from(x), y: new Float64Array(x.length) };
  return [...warpImage(line, positions).data];
}

test('bilinear inside, reflected outside', () => {
  assert.equal(row(0, 1, 2), [10, 20, 40]);
  assert.equal(row(0.5, 1.25, 1.75), [15, 25, 35]);
  assert.equal(row(-0.5, -1, -2, -3, -4), [15, 20, 40, 20, 10]);
  assert.equal(row(2.5, 3, 4, 5, 6.5), [30, 20, 10, 20, 30]);
});

test('shifted by whole pixels it is the reflection of padReflect, image and mask', () => {
  const data = Float32Array.from({ length: 20 }, (_, i) => (i * 7) % 20);
  const image = { width: 5, height: 4, channels: 1, data };
  const { image: padded, x, y } = padReflect(image, 16);
  const grid = pixelGrid(wholeWindow({ width: 16, height: 16 }));
  const shifted = { ...grid, x: grid.x.map((u) => u - x), y: grid.y.map((v) => v - y) };
  assert.equal(warpImage(image, shifted), padded);
  const mask = { ...image, data: Uint8Array.from(data) };
  assert.equal(warpMask(mask, shifted), padReflect(mask, 16).image);
});

test('an image of one pixel is that pixel everywhere', () => {
  const pixel = { width: 1, height: 1, channels: 3, data: Float32Array.of(1, 2, 3) };
  const positions = { width: 2, height: 1, x: Float64Array.of(-3.3, 0.4), y: Float64Array.of(8, -0.1) };
  assert.equal(warpImage(pixel, positions).data, Float32Array.of(1, 2, 3, 1, 2, 3));
});

/** Anywhere, also far outside. */
function scattered(step: number): Positions {
  const random = new Random(fold(seedKey(3), step));
  const draw = () => Float64Array.from({ length: 900 }, () => random.uniform(-10, 20));
  return { width: 30, height: 30, x: draw(), y: draw() };
}

test('a mask of 0 and 1 is the image of it, cut at one half', () => {
  const random = new Random(seedKey(5));
  const data = Uint8Array.from({ length: 110 }, () => random.integer(2));
  const mask = { width: 11, height: 10, channels: 1, data };
  const positions = scattered(1);
  const soft = warpImage({ ...mask, data: Float32Array.from(data) }, positions);
  assert.equal(
    warpMask(mask, positions).data,
    Uint8Array.from(soft.data, (value) => Number(value >= 0.5)),
  );
});

test('of several classes the one with most weight, and of equals the highest', () => {
  const classes = { width: 2, height: 2, channels: 1, data: Uint8Array.of(3, 1, 1, 7) };
  const at = (x: number, y: number) =>
    warpMask(classes, { width: 1, height: 1, x: Float64Array.of(x), y: Float64Array.of(y) }).data[0];
  assert.equal([at(0.1, 0.1), at(0.9, 0.1), at(0.9, 0.9)], [3, 1, 7]);
  // 3 has a weight of 0.36, more than either 1, but less than both.
  assert.is(at(0.4, 0.4), 1);
  assert.is(at(0, 0.5), 3);
  assert.is(at(1, 0.5), 7);
});

test('a spline of equal controls is flat, of a ramp a ramp, and never beyond its controls', () => {
  const cells = 3;
  const controls = (value: (column: number, row: number) => number) =>
    Float64Array.from({ length: 36 }, (_, i) => value(i % 6, Math.floor(i / 6)));
  const flat = splineField(
    controls(() => 2),
    cells,
    { width: 10, height: 7 },
  );
  assert.ok(flat.every((value) => Math.abs(value - 2) < 1e-14));
  // The control in column 1 is at the left edge of the image, that in column 4 at its right edge.
  const ramp = splineField(
    controls((column, row) => column - 1 + 10 * (row - 1)),
    cells,
    { width: 10, height: 7 },
  );
  ramp.forEach((value, i) => {
    const [x, y] = [((i % 10) + 0.5) / 10, (Math.floor(i / 10) + 0.5) / 7];
    assert.ok(Math.abs(value - cells * (x + 10 * y)) < 1e-13, `${i}: ${value}`);
  });
  const random = new Random(seedKey(8));
  const wild = splineField(
    controls(() => random.uniform(-1, 1)),
    cells,
    { width: 40, height: 40 },
  );
  assert.ok(wild.every((value) => Math.abs(value) < 1));
  assert.ok(wild.some((value) => Math.abs(value) > 0.3));
});

test('a window of a field is a part of it, and beyond the edges it stays as it is there', () => {
  const random = new Random(seedKey(8));
  const controls = Float64Array.from({ length: 36 }, () => random.uniform(-1, 1));
  const size = { width: 20, height: 14 };
  const whole = splineField(controls, 3, size);
  const part = splineField(controls, 3, size, { left: 5, top: 4, width: 9, height: 7 });
  part.forEach((value, i) => {
    assert.is(value, whole[(4 + Math.floor(i / 9)) * 20 + 5 + (i % 9)]);
  });
  const edge = splineField(controls, 3, size, { left: -40, top: 0, width: 100, height: 14 });
  for (let row = 0; row < 14; row++) {
    const line = edge.subarray(100 * row, 100 * (row + 1));
    assert.equal(line.subarray(40, 60), whole.subarray(20 * row, 20 * (row + 1)));
    assert.ok(line.subarray(0, 40).every((value) => value === line[0] && Math.abs(value) < 1));
    assert.ok(line.subarray(60).every((value) => value === line[99] && Math.abs(value) < 1));
    assert.ok(Math.abs(line[0]! - line[40]!) < 0.2 && Math.abs(line[99]! - line[59]!) < 0.2);
  }
});

test.run();
