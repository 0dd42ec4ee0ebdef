/** Images that are read a part at a time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import type { Image } from '../../src/image/image.js';
import { bandsOf, checkedSource, sourceOfImage } from '../../src/image/image-source.js';
import { reflect, reflected } from '../../src/image/pad.js';
import { cutOut } from '../../src/image/window.js';
import { rejection } from '../support/throws.js';

const image: Image<Uint8Array> = {
  ...{ width: 5, height: 4, channels: 2, data: Uint8Array.from({ length: 40 }, (_, i) => i) },
  spacing: [0.5, 0.25],
};

test('windows of an image in memory: those of whole rows share it', async () => {
  const source = sourceOfImage(image);
  const inside = { left: 1, top: 2, width: 3, height: 2 };
  assert.equal(await source.read(inside), cutOut(image, inside));
  const rows = await source.read({ left: 0, top: 1, width: 5, height: 2 });
  assert.equal(rows, { width: 5, height: 2, channels: 2, data: image.data.subarray(10, 30), spacing: [0.5, 0.25] });
  assert.is(rows.data.buffer, image.data.buffer);
});

test('bands are the image from top to bottom, of a bounded size', async () => {
  const width = 2 ** 20;
  const read = async ({ height }: { height: number }) => ({ width, height, channels: 3, data: new Uint8Array(0) });
  const tops: number[][] = [];
  for await (const { top, band } of bandsOf({ width, height: 5, channels: 3, read })) tops.push([top, band.height]);
  assert.equal(
    tops,
    Array.from({ length: 5 }, (_, top) => [top, 1]),
    'a row at least',
  );
  tops.length = 0;
  for await (const { top, band } of bandsOf({ width: 2 ** 19, height: 5, channels: 4, read }))
    tops.push([top, band.height]);
  assert.equal(tops, [
    [0, 2],
    [2, 2],
    [4, 1],
  ]);
});

test('what a part needs by reflection is what its positions are reflected to', () => {
  const random = new Random(seedKey(3));
  for (let n = 0; n < 2000; n++) {
    const length = 1 + random.integer(30);
    // Parts reach into the image.
    const start = random.integer(length + 40) - 40;
    const end = Math.max(start, 0) + 1 + random.integer(60);
    const [from, to] = reflected(start, end, length);
    const positions = Array.from({ length: end - start }, (_, k) => start + k);
    const inWhole = positions.map((i) => reflect(i, length));
    assert.ok(from >= 0 && to <= length && inWhole.every((i) => i >= from && i < to));
    // Reflected in the part alone they are the same.
    assert.equal(
      positions.map((i) => from + reflect(i - from, to - from)),
      inWhole,
    );
  }
});

test('a value that is no number is refused where it is read, by its place in the image', async () => {
  const bad = { ...image, channels: 1, data: Float32Array.from({ length: 20 }, (_, i) => (i === 13 ? Number.NaN : i)) };
  const source = checkedSource({ ...sourceOfImage(bad), read: sourceOfImage(bad).read }, 'predict');
  assert.is((await source.read({ left: 0, top: 0, width: 5, height: 2 })).height, 2);
  const message = 'predict: pixel (3, 2), channel 0 is NaN; expected finite numbers';
  assert.is(await rejection(source.read({ left: 0, top: 2, width: 5, height: 2 })), message);
  assert.throws(
    () => checkedSource(bad, 'predict'),
    (error: Error) => error.message === message,
  );
});

test.run();
