/** Results of an image in another format: slices that lie where those of the image do, by what its format knows of it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImageHeader, OpenedImage } from '../../src/formats/format.js';
import { openImage } from '../../src/formats/formats.js';
import { niftiKind } from '../../src/formats/nifti/mark.js';
import { type AnyImageFormat, resultsAs } from '../../src/formats/results.js';
import { sourceOf } from '../../src/formats/source.js';
import { tiffKind } from '../../src/formats/tiff/kind.js';
import type { Affine } from '../../src/formats/volume.js';
import type { Image } from '../../src/image/image.js';
import { planes } from '../../src/image/plane.js';
import { openSeries, sliceOf } from '../fixtures/dicom.js';
import { buildNifti, sformOf } from '../fixtures/nifti.js';

const MEANING = { classNames: ['tumour'], mark: 'unetpp mask' };
const count = (length: number) => Array.from({ length }, (_, k) => k);
const open = (bytes: Uint8Array, options = {}) => openImage(sourceOf(bytes, 'mask'), options);
const slicesOf = ({ header, read }: OpenedImage) => Promise.all(count(header.slices).map((z) => read(z)));
const valuesOf = (slices: readonly Image[]) => slices.map(({ data }) => [...data]);
const encode = (format: AnyImageFormat, header: ImageHeader, slices: readonly Image[]) =>
  resultsAs(format, header, 'scan').encode(slices, MEANING);

/** Where a map takes (a, b, c). */
const placed = (affine: Affine, at: readonly number[]) =>
  affine.map((row) => row[3] + row[0] * at[0]! + row[1] * at[1]! + row[2] * at[2]!);

/** Slices of a CT of 4 x 3 pixels: slice z has the values 12 z, 12 z + 1, … */
const series = (z: (k: number) => number[], orientation = [1, 0, 0, 0, 1, 0]) =>
  count(3).map((k) => sliceOf(`${k}.dcm`, 12 * k, { position: z(k), orientation, instance: k + 1 }));

test('NIfTI of a DICOM series: DICOM counts to the left and back, NIfTI to the right and front', async () => {
  const [opened] = await openSeries(series((k) => [10, 20, 30 + 2 * k]));
  const affine = [
    [-0.25, 0, 0, -10],
    [0, -0.5, 0, -20],
    [0, 0, 2, 30],
  ];
  assert.equal(opened!.header.affine, affine);
  const slices = await slicesOf(opened!);
  const written = await encode('nifti', opened!.header, slices);
  const read = await open(written);
  assert.equal(read.header.affine, affine);
  assert.equal(
    [read.header.plane, read.header.orientation, read.header.spacing, read.header.sliceSpacing],
    ['axial', 'LPS', [0.5, 0.25], 2],
  );
  assert.equal(valuesOf(await slicesOf(read)), valuesOf(slices));
  // The first voxels are those of the first row of the first slice.
  assert.equal(
    valuesOf(await slicesOf(read))[1],
    count(12).map((k) => 12 + k),
  );
});

test('a DICOM picture by itself is turned as in its series, and so is the NIfTI file of it', async () => {
  for (const orientation of [
    [1, 0, 0, 0, 1, 0],
    [-1, 0, 0, 0, -1, 0],
    [0, 1, 0, 1, 0, 0],
    [0, -1, 0, 0, 0, -1],
    [-1, 0, 0, 0, 0, 1],
  ]) {
    const [row, column] = [orientation.slice(0, 3), orientation.slice(3)];
    const at = (z: number) => count(3).map((k) => 5 + (row[k] === 0 && column[k] === 0 ? 2 * z : 0));
    const [series] = await openSeries([0, 1].map((z) => sliceOf(`${z}`, 12 * z, { position: at(z), orientation })));
    const picture = await openImage(sliceOf('0', 0, { position: at(0), orientation }));
    const values = valuesOf(await slicesOf(picture));
    const inSeries = valuesOf(await slicesOf(series!)).find((slice) => slice.includes(0));
    assert.equal(values, [inSeries], `${orientation}`);
    assert.equal([picture.header.spacing, picture.header.plane], [series!.header.spacing, undefined]);
    const read = await open(await encode('nifti', picture.header, await slicesOf(picture)));
    assert.equal(valuesOf(await slicesOf(read)), values, `${orientation}`);
    // The first value lies at the position of the file, counted to the right and the front.
    const [{ width, data }] = (await slicesOf(read)) as [Image];
    const first = data.indexOf(0);
    const where = placed(read.header.affine!, [first % width, Math.floor(first / width), 0]);
    assert.equal(where, [-at(0)[0]!, -at(0)[1]!, at(0)[2]!]);
  }
});

test('NIfTI of series of every orientation, cut along every plane, lies where the series does', async () => {
  for (const orientation of [
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 0, -1],
    [1, 0, 0, 0, 0, -1],
    [-1, 0, 0, 0, -1, 0],
    [0.8, 0.6, 0, -0.6, 0.8, 0],
  ]) {
    const [row, column] = [orientation.slice(0, 3), orientation.slice(3)];
    const normal = count(3).map(
      (k) => row[(k + 1) % 3]! * column[(k + 2) % 3]! - row[(k + 2) % 3]! * column[(k + 1) % 3]!,
    );
    // The position of each value, towards the right and the front.
    const where = (value: number) => {
      const [x, y, z] = [value % 4, Math.floor(value / 4) % 3, Math.floor(value / 12)];
      return count(3).map((k) => {
        const mm = [5, 6, 7][k]! + row[k]! * 0.25 * x + column[k]! * 0.5 * y + normal[k]! * 2 * z;
        return k < 2 ? -mm : mm;
      });
    };
    const files = series((k) => [5, 6, 7].map((mm, axis) => mm + normal[axis]! * 2 * k), orientation);
    for (const plane of planes) {
      const [opened] = await openSeries(files, { plane });
      const slices = await slicesOf(opened!);
      const read = await open(await encode('nifti', opened!.header, slices), { plane });
      assert.is(read.header.orientation, opened!.header.orientation);
      for (const [z, { width, data }] of (await slicesOf(read)).entries()) {
        assert.equal(data, slices[z]!.data);
        for (const [k, value] of data.entries()) {
          const found = placed(read.header.affine!, [k % width, Math.floor(k / width), z]);
          const off = Math.hypot(...found.map((mm, axis) => mm - where(value)[axis]!));
          assert.ok(off < 1e-5, `${orientation}, ${plane}: value ${value} is ${off} mm off`);
        }
      }
    }
  }
});

test('the affine map of slices of a NIfTI file is that of its voxels, and its TIFF has its distances', async () => {
  const rows = [
    [0, 2, 0, 9],
    [0, 0, -3, 8],
    [-1, 0, 0, 7],
  ];
  const file = buildNifti({ shape: [3, 4, 5], type: 'uint8', data: count(60), sform: sformOf(rows) });
  for (const plane of planes) {
    const opened = await open(file, { plane });
    const slices = await slicesOf(opened);
    for (const [z, { width, data }] of slices.entries()) {
      for (const [k, value] of data.entries()) {
        const voxel = [value % 3, Math.floor(value / 3) % 4, Math.floor(value / 12)];
        const pixel = [k % width, Math.floor(k / width), z];
        assert.equal(placed(opened.header.affine!, pixel), placed(rows as unknown as Affine, voxel));
      }
    }
    const tiff = await open(await encode('tiff', opened.header, slices));
    const { spacing, sliceSpacing, slices: pages } = tiff.header;
    assert.equal([pages, sliceSpacing], [slices.length, opened.header.sliceSpacing]);
    for (const axis of [0, 1]) assert.ok(Math.abs(spacing![axis]! / opened.header.spacing![axis]! - 1) < 1e-5);
    assert.equal(valuesOf(await slicesOf(tiff)), valuesOf(slices));
  }
});

const PICTURE = { channels: 1, bits: 8, samples: 'unsigned' } as const;
const labels = (width: number, height: number, z = 0): Image => ({
  ...{ width, height, channels: 1 },
  data: Uint8Array.from({ length: width * height }, (_, k) => k + z),
});

test('a NIfTI file of an image that lies nowhere says so, and is shown as the image', async () => {
  const header = { ...PICTURE, width: 3, height: 2, slices: 1 };
  const picture = await encode('nifti', header, [labels(3, 2)]);
  const read = await open(picture);
  const { orientation, affine, ...others } = read.header;
  assert.equal([orientation, affine], [undefined, undefined]);
  assert.equal([others.width, others.height, others.slices, others.spacing], [3, 2, 1, [1, 1]]);
  assert.equal(valuesOf(await slicesOf(read)), [[0, 1, 2, 3, 4, 5]]);
  const stack = { ...header, slices: 2, spacing: [2, 3] as const };
  const two = await open(await encode('nifti', stack, [labels(3, 2), labels(3, 2, 9)]));
  // Slices of an unknown distance stay slices.
  assert.equal([two.header.plane, two.header.spacing, two.header.sliceSpacing], ['axial', [2, 3], 3]);
  assert.equal(valuesOf(await slicesOf(two))[1], [9, 10, 11, 12, 13, 14]);
});

test('a NIfTI file of more slices than NIfTI-1 counts is one of NIfTI-2', async () => {
  const slices = count(32768).map((z): Image => ({ width: 1, height: 1, channels: 1, data: Uint8Array.of(z % 200) }));
  const bytes = await encode('nifti', { ...PICTURE, width: 1, height: 1, slices: 32768, spacing: [1, 1] }, slices);
  const read = await open(bytes, { plane: 'axial' });
  assert.is(read.header.slices, 32768);
  assert.equal([...(await read.read(32767)).data], [32767 % 200]);
});

test('TIFF of a picture without a size is a plain one; of a stack, ImageJ shows its values from least to most', async () => {
  const plain = await encode('tiff', { ...PICTURE, width: 3, height: 2, slices: 1 }, [labels(3, 2)]);
  assert.not.match(Buffer.from(plain).toString('latin1'), 'ImageJ');
  const stack = { ...PICTURE, width: 2, height: 1, slices: 2, spacing: [0.5, 0.25], sliceSpacing: 4 } as const;
  const slices = [-1000, 0.5].map((value): Image => ({ ...labels(2, 1), data: Float32Array.of(value, 300) }));
  const text = Buffer.from(await encode('tiff', stack, slices)).toString('latin1');
  assert.match(text, '\nunit=mm\nspacing=4\nloop=false\nmin=-1000.0\nmax=300.0\n');
});

test('files of both formats are known as ours', async () => {
  const head = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const header = { ...PICTURE, width: 3, height: 2, slices: 1 };
  assert.ok(niftiKind('unetpp mask', 'a mask').begins(head(await encode('nifti', header, [labels(3, 2)]))));
  assert.ok(tiffKind('unetpp mask', 'a mask').begins(head(await encode('tiff', header, [labels(3, 2)]))));
});

test.run();
