/** Slices of files that are read a part at a time, and slices that are kept. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ByteSource, OpenedImage } from '../../src/core.js';
import { encodeNpy, npyFormat } from '../../src/formats/npy.js';
import { sliceSource } from '../../src/formats/slice-source.js';
import { sourceOf } from '../../src/formats/source.js';
import { keepingSlices, withNeighbours } from '../../src/formats/stack.js';
import { tiffFormat } from '../../src/formats/tiff/format.js';
import { encodeTiff } from '../../src/formats/tiff/write.js';
import { cutOut } from '../../src/image/window.js';
import { rejection } from '../support/throws.js';

/** A file that counts how many bytes of it are read at once at most, and in all. */
function counting(bytes: Uint8Array, name: string): { source: ByteSource; most: () => number; all: () => number } {
  const source = sourceOf(bytes, name);
  let [most, all] = [0, 0];
  const read = async (offset: number, length: number) => {
    const found = await source.read(offset, length);
    most = Math.max(most, found.length);
    all += found.length;
    return found;
  };
  return { source: { ...source, read }, most: () => most, all: () => all };
}

const large = {
  ...{ width: 4096, height: 4096, channels: 1 },
  data: Uint8Array.from({ length: 2 ** 24 }, (_, i) => (i * 7919) >> 5),
};
const window = { left: 700, top: 4000, width: 300, height: 90 };

const files = [
  [npyFormat, encodeNpy([4096, 4096], large.data)],
  [tiffFormat, encodeTiff([large], {}, 'a.tif')],
] as const;
for (const [format, bytes] of files) {
  test(`of a large ${format.name} only the rows of a window are read`, async () => {
    const { source, all } = counting(bytes, 'a');
    const opened = await format.open(source, {});
    assert.is(opened.readsWindows, true);
    assert.equal(await sliceSource(opened, 0).read(window), cutOut(large, window));
    assert.ok(all() < 2e6, `${all()} bytes`);
  });
}

test('a .npy file is checked in pieces', async () => {
  const data = new Float32Array(2 ** 23);
  data[2 ** 23 - 3] = Number.NaN;
  const { source, most } = counting(encodeNpy([2 ** 11, 2 ** 12], data), 'a.npy');
  const opened = await npyFormat.open(source, {});
  const message = 'a.npy: pixel (4093, 2047), channel 0 is NaN; expected finite numbers';
  assert.is(await rejection(opened.verify()), message);
  assert.ok(most() <= 2 ** 24);
});

test('a .npy file that became shorter is told of', async () => {
  const bytes = encodeNpy([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6));
  const source = { name: 'a.npy', size: bytes.length, read: sourceOf(bytes.subarray(0, -2), '').read };
  const opened = await npyFormat.open(source, {});
  const message = 'a.npy: damaged .npy: 4 bytes of numbers, 6 numbers of |u1 take 6; copy the file again';
  assert.is(await rejection(opened.read(0)), message);
});

/** A volume of single pixels whose values are the numbers of the slices, and the slices that were decoded. */
function volume(slices: number, readsWindows: boolean): { opened: OpenedImage; decoded: number[] } {
  const decoded: number[] = [];
  const header = { width: 1, height: 1, channels: 1, bits: 8, samples: 'unsigned', slices } as const;
  const read = async (slice: number) => {
    decoded.push(slice);
    return { width: 1, height: 1, channels: 1, data: Uint8Array.of(slice) };
  };
  return { opened: { format: 'test', header, verify: async () => {}, readsWindows, read }, decoded };
}

test('a small slice is decoded once, whatever is read of it', async () => {
  const { opened, decoded } = volume(1, true);
  const source = sliceSource(opened, 0);
  assert.equal(decoded, []);
  const whole = { left: 0, top: 0, width: 1, height: 1 };
  await source.read(whole);
  await source.read(whole);
  assert.equal(decoded, [0]);
});

test('with its neighbours in turn, each slice is decoded once where the last ones are kept', async () => {
  const { opened, decoded } = volume(6, false);
  const seen = withNeighbours(keepingSlices(opened, 5), 2);
  const channels: number[][] = [];
  for (let slice = 0; slice < 6; slice++) channels.push([...(await seen.read(slice)).data]);
  assert.equal(channels[0], [0, 0, 0, 1, 2]);
  assert.equal(channels[3], [1, 2, 3, 4, 5]);
  assert.equal(channels[5], [3, 4, 5, 5, 5]);
  assert.equal(decoded, [0, 1, 2, 3, 4, 5]);
});

test.run();
