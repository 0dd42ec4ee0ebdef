/** The frame in which a network sees an image, and the way back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutFromFrame, padMask, scaledMask } from '../../src/image/frame.js';
import type { Image } from '../../src/image/image.js';
import { reflect } from '../../src/image/pad.js';
import { frameOf, prepareImage } from '../../src/image/prepare.js';
import { resizeImage, resizeMask } from '../../src/image/resize.js';
import { cutOut, wholeWindow } from '../../src/image/window.js';

/** A smooth picture: what is lost is lost by the way, not by fine detail. */
function picture(width: number, height: number): Image<Float32Array> {
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
    return x * (1 - x) + 0.5 * y;
  });
  return { width, height, channels: 1, data };
}

const PAD = { normalisation: 'range', size: 32, fit: 'pad' } as const;

test('stretched, an image fills the square; at its own size its frame is itself', () => {
  const image = picture(40, 23);
  const square = { width: 32, height: 32 };
  assert.equal(frameOf(image, { size: 32 }), { ...square, scaled: square, left: 0, top: 0 });
  assert.equal(prepareImage(image, 1, { normalisation: 'range', size: 32 }), resizeImage(image, 32, 32));
  const own = { width: 40, height: 23 };
  assert.equal(frameOf(image, {}), { ...own, scaled: own, left: 0, top: 0 });
  assert.equal(prepareImage(image, 1, { normalisation: 'range' }), image);
});

test('padded, it keeps its aspect ratio and lies in the middle', () => {
  const frames = [
    [64, 32, 32, 16, 0, 8],
    [32, 64, 16, 32, 8, 0],
    [40, 23, 32, 18, 0, 7],
    [23, 41, 18, 32, 7, 0],
    [10, 7, 32, 22, 0, 5],
    [32, 32, 32, 32, 0, 0],
    [1000, 1, 32, 1, 0, 15],
  ] as const;
  for (const [width, height, across, down, left, top] of frames) {
    const scaled = { width: across, height: down };
    assert.equal(frameOf({ width, height }, PAD), { width: 32, height: 32, scaled, left, top });
  }
});

for (const [width, height] of [
  [40, 23],
  [23, 41],
  [10, 7],
  [97, 33],
] as const) {
  test(`padded and back, ${width}x${height}: the picture again, and reflections around it`, () => {
    const image = picture(width, height);
    const frame = frameOf(image, PAD);
    const framed = prepareImage(image, 1, PAD);
    assert.equal([framed.width, framed.height], [32, 32]);
    assert.equal(cutFromFrame(framed, frame), resizeImage(image, frame.scaled.width, frame.scaled.height));
    const back = resizeImage(cutFromFrame(framed, frame), width, height);
    assert.equal([back.width, back.height], [width, height]);
    const error = Math.max(...back.data.map((value, i) => Math.abs(value - image.data[i]!)));
    assert.ok(error < 0.04, `${error}`);
    // The row above the image is the second one of it, the column on its left the second one.
    const { left, top } = frame;
    const at = (x: number, y: number) => framed.data[y * 32 + x];
    if (top > 0) assert.is(at(5, top - 1), at(5, top + 1));
    if (left > 0) assert.is(at(left - 1, 5), at(left + 1, 5));
  });
}

test('a mask is padded as its image is', () => {
  const image = picture(40, 24);
  const mask = { ...image, data: Uint8Array.from(image.data, (value) => Number(value > 0.4)) };
  const frame = frameOf(mask, PAD);
  const scaled = scaledMask(mask, frame);
  assert.equal(scaled, resizeMask(mask, 32, 19));
  const framed = padMask(scaled, frame);
  assert.equal(cutFromFrame(framed, frame), scaled);
  assert.is(framed.data[(frame.top - 1) * 32 + 9], framed.data[(frame.top + 1) * 32 + 9]);
});

test('a window that hangs over shows the reflection, also where it is as large as the image', () => {
  const image = picture(6, 5);
  const cut = cutOut(image, { left: -2, top: 3, width: 6, height: 5 });
  for (let i = 0; i < 30; i++) {
    const [x, y] = [reflect((i % 6) - 2, 6), reflect(Math.floor(i / 6) + 3, 5)];
    assert.is(cut.data[i], image.data[y * 6 + x]);
  }
  assert.is(cutOut(image, wholeWindow(image)), image);
});

test('resampled to a spacing where it is known, rows and columns by their own', () => {
  const size = { width: 100, height: 50 };
  const frame = frameOf({ ...size, spacing: [2, 0.5] }, { spacing: 1 });
  assert.equal(frame.scaled, { width: 50, height: 100 });
  assert.equal([frame.width, frame.height, frame.left, frame.top], [50, 100, 0, 0]);
  assert.equal(frameOf(size, { spacing: 1 }).scaled, size);
  // A model that was trained at a size does not look at it.
  assert.equal(frameOf({ ...size, spacing: [2, 0.5] }, { size: 32 }).scaled, { width: 32, height: 32 });
});

test.run();
