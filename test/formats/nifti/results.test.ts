/** Results lie over the image that they are of: its header, with voxels of their own in its order. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenedImage } from '../../../src/formats/format.js';
import { openImage } from '../../../src/formats/formats.js';
import { parseHeader } from '../../../src/formats/nifti/header.js';
import { niftiKind } from '../../../src/formats/nifti/mark.js';
import { sourceOf } from '../../../src/formats/source.js';
import type { Image } from '../../../src/image/image.js';
import { planes } from '../../../src/image/plane.js';
import { buildNifti, type NiftiParts, sformOf, zipped } from '../../fixtures/nifti.js';

const MEANING = { classNames: ['tumour'], mark: 'unetpp mask' };
const SIZES = [3, 4, 5];
const count = (length: number) => Array.from({ length }, (_, k) => k);

/** Maps of six orientations, one of them oblique, which nibabel 5.0 reads from results as from the originals. */
const MAPS = {
  RAS: [
    [1, 0, 0, -7],
    [0, 2, 0, 5],
    [0, 0, 3, 1],
  ],
  LPS: [
    [-1, 0, 0, 7],
    [0, -2, 0, 5],
    [0, 0, 3, 1],
  ],
  PIR: [
    [0, 0, 3, 0],
    [-1, 0, 0, 0],
    [0, -2, 0, 0],
  ],
  SLA: [
    [0, -2, 0, 0],
    [0, 0, 3, 0],
    [1, 0, 0, 0],
  ],
  IRP: [
    [0, 2, 0, 9],
    [0, 0, -3, 8],
    [-1, 0, 0, 7],
  ],
  LAS: [
    [-0.9, 0.4, 0, 9],
    [0.4, 1.8, 0.3, 8],
    [0, -0.2, 3, 7],
  ],
};

const original = (parts: Partial<NiftiParts> = {}) =>
  buildNifti({
    shape: SIZES,
    type: 'int16',
    data: count(60),
    sform: sformOf(MAPS.RAS, 2),
    qform: { code: 1, bcd: [0.1, 0.2, 0.3], shift: [4, 5, 6] },
    pixdim: [1.5, 2, 3, 2.5],
    slope: 2,
    inter: -7,
    units: 10,
    intent: 1002,
    cal: [900, 100],
    description: 'FSL, of a scanner with a long name that fills the field to its very last byte...',
    ...parts,
  });

const open = (bytes: Uint8Array, options = {}) => openImage(sourceOf(bytes, 'scan.nii'), options);

/** What is said of each pixel: its value in the original, which is known everywhere, made into a result. */
async function resultsOf(
  opened: OpenedImage,
  make: (value: number) => number[],
  array: typeof Uint8Array | typeof Uint16Array | typeof Float32Array,
) {
  const { slices } = opened.header;
  return Promise.all(
    count(slices).map(async (z): Promise<Image> => {
      const { width, height, data } = await opened.read(z);
      const results = Array.from(data).flatMap(make);
      return { width, height, channels: results.length / data.length, data: array.from(results) };
    }),
  );
}

const voxel = (value: number) => (value + 7) / 2;
const bytesAt = (file: Uint8Array, from: number, to: number) => [...file.subarray(from, to)];

/** What of the header of the original is kept: the fields of each version from one position to another. */
const KEPT = {
  1: [
    [0, 40],
    [76, 108],
    [120, 124],
    [132, 148],
    [228, 328],
    [344, 348],
  ],
  2: [
    [0, 12],
    [104, 168],
    [208, 240],
    [320, 504],
    [524, 540],
  ],
} as const;

test('labels in the order of the original, whatever plane they were made in, with its header', async () => {
  for (const [letters, rows] of Object.entries(MAPS)) {
    for (const version of [1, 2] as const) {
      for (const order of ['little', 'big'] as const) {
        const file = original({ version, order, sform: sformOf(rows, 2) });
        for (const plane of planes) {
          const opened = await open(file, { plane });
          assert.is(opened.header.orientation, letters);
          const results = await resultsOf(opened, (value) => [3 * voxel(value)], Uint8Array);
          const written = await opened.results!.encode(results, MEANING);
          const start = version === 1 ? 352 : 544;
          assert.is(written.length, start + 60);
          assert.equal(
            bytesAt(written, start, start + 60),
            count(60).map((k) => 3 * k),
          );
          for (const [from, to] of KEPT[version]) assert.equal(bytesAt(written, from, to), bytesAt(file, from, to));
          const read = await open(written, { plane });
          assert.equal(read.header, { ...opened.header, bits: 8, samples: 'unsigned' });
          for (const [z, { data }] of results.entries()) assert.equal((await read.read(z)).data, data);
        }
      }
    }
  }
});

test('what belongs to the numbers is set anew', async () => {
  for (const version of [1, 2] as const) {
    const file = original({ version, extension: new Uint8Array(36).fill(9) });
    const opened = await open(file);
    const written = await opened.results!.encode(
      await resultsOf(opened, (value) => [300 * voxel(value)], Uint16Array),
      MEANING,
    );
    const expected = original({
      version,
      type: 'uint16',
      data: count(60).map((k) => 300 * k),
      slope: 1,
      inter: 0,
      intent: 0,
      cal: [0, 0],
      description: 'unetpp mask',
    });
    // Sizes that the builder leaves out.
    const sizes = new DataView(expected.buffer);
    for (let k = 4; k <= 7; k++) {
      if (version === 1) sizes.setInt16(40 + 2 * k, 1, true);
      else sizes.setBigInt64(16 + 8 * k, 1n, true);
    }
    assert.is(Buffer.from(written).toString('hex'), Buffer.from(expected).toString('hex'));
  }
});

test('probabilities of several classes are volumes along the fourth dimension', async () => {
  for (const order of ['little', 'big'] as const) {
    const opened = await open(original({ order, sform: sformOf(MAPS.SLA) }));
    const results = await resultsOf(opened, (value) => [voxel(value) / 64, -voxel(value)], Float32Array);
    const written = await opened.results!.encode(results, MEANING);
    const header = await parseHeader(written, false, 'scan.nii');
    assert.is(header.what, '3x4x5x2 of float32');
    const view = new DataView(written.buffer, 352);
    assert.equal(
      count(120).map((k) => view.getFloat32(4 * k, order === 'little')),
      [...count(60).map((k) => k / 64), ...count(60).map((k) => 0 - k)],
    );
    const one = await opened.results!.encode(
      await resultsOf(opened, (value) => [voxel(value) / 64], Float32Array),
      MEANING,
    );
    assert.is((await parseHeader(one, false, 'scan.nii')).what, '3x4x5 of float32');
    assert.is(one.length, 352 + 240);
  }
});

test('slices of several types are written as the widest', async () => {
  const opened = await open(original({ shape: [2, 1, 2], data: [1, 2, 3, 4] }), { plane: 'axial' });
  const slice = (data: Image['data']): Image => ({ width: 2, height: 1, channels: 1, data });
  const written = await opened.results!.encode([slice(Uint8Array.of(2, 1)), slice(Uint16Array.of(400, 300))], MEANING);
  assert.equal([...new Uint16Array(written.buffer, 352)], [1, 2, 300, 400]);
});

test('the result of one volume of a series is one volume, that of a picture a picture', async () => {
  const series = await open(original({ shape: [3, 4, 5, 2], data: count(120) }), { volume: 2 });
  const written = await series.results!.encode(
    await resultsOf(series, (value) => [voxel(value) - 60], Uint8Array),
    MEANING,
  );
  assert.is((await parseHeader(written, false, 'scan.nii')).what, '3x4x5 of uint8');
  assert.equal(bytesAt(written, 352, 412), count(60));
  const picture = await open(
    original({ shape: [3, 4], data: count(12), sform: sformOf(MAPS.RAS, 0), qform: { code: 0, bcd: [0, 0, 0] } }),
  );
  const labels = await resultsOf(picture, (value) => [voxel(value)], Uint8Array);
  const flat = await picture.results!.encode(labels, MEANING);
  assert.is((await parseHeader(flat, false, 'scan.nii')).what, '3x4 of uint8');
  assert.equal((await open(flat)).header.sliceSpacing, picture.header.sliceSpacing);
});

test('a file in gzip gets results in gzip, each time the same bytes', async () => {
  const opened = await open(zipped(original()));
  const results = await resultsOf(opened, (value) => [voxel(value) % 3], Uint8Array);
  const written = await opened.results!.encode(results, MEANING);
  assert.equal([...written.subarray(0, 10)], [0x1f, 0x8b, 8, 16, 0, 0, 0, 0, 0, 3]);
  assert.equal(await opened.results!.encode(results, MEANING), written);
  const read = await open(written);
  await read.verify();
  for (const [z, { data }] of results.entries()) assert.equal((await read.read(z)).data, data);
});

test('a result is known as ours by its beginning, with and without gzip', async () => {
  const head = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const [mask, other] = [niftiKind('unetpp mask', 'a mask'), niftiKind('unetpp', 'something else')];
  for (const version of [1, 2] as const) {
    for (const file of [original({ version }), zipped(original({ version }))]) {
      const opened = await open(file);
      const written = await opened.results!.encode(await resultsOf(opened, () => [1], Uint8Array), MEANING);
      assert.equal([mask.begins(head(written)), other.begins(head(written))], [true, false]);
      assert.not(mask.begins(head(file)));
    }
  }
  // A text that lies in a name, or elsewhere.
  assert.not(mask.begins(`\x1f\x8b\x08\x08${'\0'.repeat(6)}unetpp mask\0`));
  assert.not(mask.begins('unetpp mask\0'));
});

test('results that do not fit are a fault of the caller', async () => {
  const opened = await open(original());
  const labels = await resultsOf(opened, () => [1], Uint8Array);
  const thrown = (slices: readonly Image[]) =>
    opened.results!.encode(slices, MEANING).then(
      () => 'written',
      (error: Error) => error.message,
    );
  assert.is(await thrown([]), 'internal: results of 0 slices for a volume of 5');
  assert.is(await thrown(labels.slice(1)), 'internal: results of 4 slices for a volume of 5');
  const wide = { ...labels[4]!, width: 4, height: 3 };
  assert.is(await thrown([...labels.slice(0, 4), wide]), 'internal: results of 4x3x1 in slice 4');
  const two = { ...labels[4]!, channels: 2, data: new Uint8Array(24) };
  assert.is(await thrown([...labels.slice(0, 4), two]), 'internal: results of 3x4x2 in slice 4');
});

test.run();
