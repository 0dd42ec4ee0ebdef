/** Zoom and pan, and the layer that a mask is drawn as. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { around, layerOf } from '../../../site/app/correct/layer.js';
import { fit, pan, pixelAt, reveal, zoom } from '../../../site/app/correct/view.js';
import type { Image } from '../../../src/image/image.js';
import { classColour } from '../../../src/report/colours.js';

const IMAGE = { width: 100, height: 50 };
const CANVAS = { width: 400, height: 400 };

test('an image fits its canvas, in the middle', () => {
  assert.equal(fit(IMAGE, CANVAS), { scale: 4, left: 0, top: 100 });
  assert.equal(pixelAt(fit(IMAGE, CANVAS), { x: 399, y: 100 }), { x: 99, y: 0 });
  assert.equal(pixelAt(fit(IMAGE, CANVAS), { x: 0, y: 99 }), { x: 0, y: -1 });
});

test('zoom leaves the point under the pointer in its place, within bounds', () => {
  const near = zoom(fit(IMAGE, CANVAS), 4, { x: 200, y: 200 }, IMAGE, CANVAS);
  assert.equal(near, { scale: 16, left: -600, top: -200 });
  assert.equal(pixelAt(near, { x: 200, y: 200 }), pixelAt(fit(IMAGE, CANVAS), { x: 200, y: 200 }));
  assert.equal(zoom(near, 1e9, { x: 0, y: 0 }, IMAGE, CANVAS).scale, 48);
  assert.equal(zoom(near, 1e-9, { x: 0, y: 0 }, IMAGE, CANVAS), fit(IMAGE, CANVAS));
});

test('what is moved goes on filling the canvas', () => {
  const near = zoom(fit(IMAGE, CANVAS), 4, { x: 200, y: 200 }, IMAGE, CANVAS);
  assert.equal(pan(near, { x: 50, y: -60 }, IMAGE, CANVAS), { scale: 16, left: -550, top: -260 });
  assert.equal(pan(near, { x: 9999, y: 9999 }, IMAGE, CANVAS), { scale: 16, left: 0, top: 0 });
  assert.equal(pan(near, { x: -9999, y: -9999 }, IMAGE, CANVAS), { scale: 16, left: -1200, top: -400 });
});

test('a pixel beyond the edge is brought onto the canvas', () => {
  const near = zoom(fit(IMAGE, CANVAS), 4, { x: 200, y: 200 }, IMAGE, CANVAS);
  assert.equal(reveal(near, { x: 45, y: 20 }, IMAGE, CANVAS), near);
  const moved = reveal(near, { x: 80, y: 20 }, IMAGE, CANVAS);
  assert.equal(moved, { scale: 16, left: 350 - 80.5 * 16, top: -200 });
});

test('a layer has outlines in full colour and tinted insides, for each class', () => {
  const drawn = ['......', '.1111.', '.1111.', '.1122.', '......'];
  const data = Uint8Array.from(drawn.join(''), (label) => Number(label.replace('.', '0')));
  const mask: Image<Uint8Array> = { width: 6, height: 5, channels: 1, data };
  const alphas = (rgba: Uint8ClampedArray, width: number) =>
    Array.from({ length: rgba.length / 4 / width }, (_, y) =>
      Array.from({ length: width }, (_, x) => rgba[4 * (y * width + x) + 3]!),
    );
  const whole = layerOf(mask, { left: 0, top: 0, right: 6, bottom: 5 }, 0.2);
  assert.equal(alphas(whole, 6), [
    [0, 0, 0, 0, 0, 0],
    [0, 255, 255, 255, 255, 0],
    [0, 255, 51, 255, 255, 0],
    [0, 255, 255, 255, 255, 0],
    [0, 0, 0, 0, 0, 0],
  ]);
  const colour = (x: number, y: number) => [...whole.subarray(4 * (y * 6 + x), 4 * (y * 6 + x) + 3)];
  assert.equal(colour(2, 2), [...classColour(1)]);
  assert.equal(colour(4, 3), [...classColour(2)]);
});

test('a part of a layer is cut out of the whole', () => {
  const mask: Image<Uint8Array> = { width: 12, height: 10, channels: 1, data: new Uint8Array(120) };
  for (let i = 0; i < 120; i++) mask.data[i] = Math.hypot((i % 12) - 6, Math.floor(i / 12) - 5) < 4.2 ? 1 + (i % 2) : 0;
  const whole = layerOf(mask, { left: 0, top: 0, right: 12, bottom: 10 }, 0.5);
  for (const area of [
    { left: 3, top: 2, right: 9, bottom: 7 },
    { left: 0, top: 0, right: 5, bottom: 10 },
    { left: 6, top: 5, right: 7, bottom: 6 },
  ]) {
    const part = layerOf(mask, area, 0.5);
    const width = area.right - area.left;
    for (let y = area.top, at = 0; y < area.bottom; y++, at += 4 * width) {
      const row = whole.subarray(4 * (y * 12 + area.left), 4 * (y * 12 + area.right));
      assert.equal([...part.subarray(at, at + 4 * width)], [...row], `${JSON.stringify(area)}, row ${y}`);
    }
  }
  assert.equal(around({ left: 0, top: 4, right: 3, bottom: 10 }, mask), { left: 0, top: 3, right: 4, bottom: 10 });
});

test.run();
