/** NIfTI files are read as nibabel reads them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenOptions } from '../../../src/formats/format.js';
import { isImage, openImage } from '../../../src/formats/formats.js';
import { type ByteSource, sourceOf } from '../../../src/formats/source.js';
import { copySlice, sliced } from '../../../src/formats/volume.js';
import { planes } from '../../../src/image/plane.js';
import { buildNifti, type NiftiParts, sformOf, zipped } from '../../fixtures/nifti.js';
import { rejection } from '../../support/throws.js';

const VERSIONS = [1, 2] as const;
const ORDERS = ['little', 'big'] as const;
const RAS = [
  [1.5, 0, 0, -9],
  [0, 2, 0, 7],
  [0, 0, 3, 1],
];

const count = (length: number) => Array.from({ length }, (_, k) => k);
const open = (bytes: Uint8Array, options: OpenOptions = {}) => openImage(sourceOf(bytes, 'scan.nii'), options);

/** All samples of a file, axial slice by slice. */
async function samplesOf(bytes: Uint8Array, options: OpenOptions = {}) {
  const opened = await open(bytes, { plane: 'axial', ...options });
  await opened.verify();
  const slices = await Promise.all(count(opened.header.slices).map((z) => opened.read(z)));
  return {
    header: opened.header,
    slices,
    type: slices[0]!.data.constructor,
    all: slices.flatMap(({ data }) => [...data]),
  };
}

/** A volume of which axial slices hold the voxels in their order: columns run to the left, rows to the back. */
const LPS = sformOf([
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [0, 0, 1, 0],
]);

test('every type, in both versions and orders of bytes, with and without gzip', async () => {
  const big = 2n ** 53n;
  for (const [type, values, array, bits, samples] of [
    ['uint8', [0, 1, 127, 128, 254, 255], Uint8Array, 8, 'unsigned'],
    ['uint16', [0, 1, 256, 32768, 40000, 65535], Uint16Array, 16, 'unsigned'],
    ['int8', [0, 1, 127, -128, -1, -2], Float32Array, 8, 'signed'],
    ['int16', [0, 1, 32767, -32768, -1, -2], Float32Array, 16, 'signed'],
    ['int32', [0, 1, 65536, -(2 ** 31), -1, 2 ** 24], Float32Array, 32, 'signed'],
    ['uint32', [0, 1, 65536, 2 ** 31, 2 ** 24, 2 ** 32 - 256], Float32Array, 32, 'unsigned'],
    ['int64', [0, 1, -1, big, -big, 2n ** 62n], Float32Array, 64, 'signed'],
    ['uint64', [0, 1, 2, big, 2n ** 63n, 2n ** 62n], Float32Array, 64, 'unsigned'],
    ['float32', [0, 1, -0.5, 1e30, -1e-30, 0.25], Float32Array, 32, 'float'],
    ['float64', [0, 1, -0.1, 1e30, 1e-300, 0.25], Float32Array, 64, 'float'],
  ] as const) {
    for (const version of VERSIONS) {
      for (const order of ORDERS) {
        const bytes = buildNifti({ version, order, shape: [3, 1, 2], type, data: values, sform: LPS });
        for (const file of [bytes, zipped(bytes)]) {
          const read = await samplesOf(file);
          const expected = [...Float32Array.from(values, Number)];
          assert.equal([read.all, read.type], [array === Float32Array ? expected : values.map(Number), array], type);
          assert.equal(read.header, {
            width: 3,
            height: 1,
            channels: 1,
            bits,
            samples,
            slices: 2,
            spacing: [1, 1],
            sliceSpacing: 1,
            plane: 'axial',
            orientation: 'LPS',
            affine: LPS.rows,
          });
        }
      }
    }
  }
});

test('colours are three channels, which are never scaled', async () => {
  const parts = { shape: [2, 1, 2], type: 'rgb24', data: count(12), sform: LPS, slope: 2, inter: 5 } as const;
  const { all, header, type } = await samplesOf(buildNifti(parts));
  assert.equal([all, header.channels, header.bits, type], [count(12), 3, 8, Uint8Array]);
  const window = await (await open(buildNifti(parts), { plane: 'axial' })).read(1, {
    left: 1,
    top: 0,
    width: 1,
    height: 1,
  });
  assert.equal([...window.data], [9, 10, 11]);
});

test('numbers are scaled, and stay whole only where they are not', async () => {
  for (const version of VERSIONS) {
    const read = (type: NiftiParts['type'], slope: number, inter: number) =>
      samplesOf(buildNifti({ version, shape: [3], type, data: [1, 2, 3], slope, inter, sform: LPS }));
    for (const [slope, inter] of [
      [0, 7],
      [Number.NaN, 7],
      [Number.POSITIVE_INFINITY, 7],
      [1, 0],
    ] as const) {
      const { all, type } = await read('uint16', slope, inter);
      assert.equal([all, type], [[1, 2, 3], Uint16Array], `${slope}`);
    }
    const scaled = await read('uint8', 0.5, -4);
    assert.equal([scaled.all, scaled.type], [[-3.5, -3, -2.5], Float32Array]);
    assert.equal((await read('uint8', 1, 10)).all, [11, 12, 13]);
    assert.equal((await read('int16', -2, 0)).all, [-2, -4, -6]);
    // The product is taken in float64.
    const slope = Math.fround(0.0754);
    const products = [1, 2, 3].map((number) => Math.fround(number * slope + 3100.5));
    assert.equal((await read('float32', slope, 3100.5)).all, products);
  }
});

test('slices of each plane, whatever is read of the file for them', async () => {
  const sizes = [3, 4, 5] as const;
  for (const rows of [
    RAS,
    [
      [0, 0, -1, 0],
      [2, 0, 0, 0],
      [0, -3, 0, 0],
    ],
    [
      [-1, 0, 0, 5],
      [0, -1, 0, 5],
      [0, 0, -1, 5],
    ],
    [
      [0, 2, 0, 0],
      [0, 0, 2, 0],
      [1, 0, 0, 0],
    ],
  ]) {
    for (const order of ORDERS) {
      const bytes = buildNifti({ order, shape: sizes, type: 'uint16', data: count(60), sform: sformOf(rows) });
      for (const plane of planes) {
        const slicing = sliced({ sizes, affine: rows as never }, plane);
        for (const file of [bytes, zipped(bytes)]) {
          const opened = await open(file, { plane });
          const { width, height, slices } = opened.header;
          assert.equal([width, height, slices], [slicing.columns.length, slicing.rows.length, slicing.slices.length]);
          for (let z = 0; z < slices; z++) {
            const whole = await opened.read(z);
            assert.equal(
              whole.data,
              copySlice(slicing, z, new Uint16Array(width * height), (voxel) => voxel),
            );
            assert.equal(whole.spacing, [slicing.rows.spacing, slicing.columns.spacing]);
            const part = await opened.read(z, { left: 1, top: 1, width: width - 1, height: height - 2 });
            const inside = [...whole.data].filter((_, at) => {
              const [x, y] = [at % width, Math.floor(at / width)];
              return x >= 1 && y >= 1 && y < height - 1;
            });
            assert.equal([...part.data], inside);
            assert.equal([part.width, part.height], [width - 1, height - 2]);
          }
        }
      }
    }
  }
});

test('one of several volumes is read where it is named', async () => {
  for (const shape of [
    [2, 1, 1, 3],
    [2, 1, 1, 1, 3],
    [2, 1, 1, 1, 1, 1, 3],
  ]) {
    const bytes = buildNifti({ shape, type: 'int16', data: count(6), sform: LPS });
    for (const file of [bytes, zipped(bytes)]) {
      const what = `${shape.join('x')} of int16`;
      assert.is(
        await rejection(open(file)),
        `scan.nii: holds 3 volumes, ${what}, expected one; name it, volume 1 to 3`,
      );
      for (const volume of [0, 4, 1.5, Number.NaN]) {
        const found = `scan.nii: holds 3 volumes, got volume ${volume}; expected a whole number, 1 to 3`;
        assert.is(await rejection(open(file, { volume })), found);
      }
      for (const volume of [1, 2, 3]) {
        const { all, header } = await samplesOf(file, { volume });
        assert.equal(all, [2 * volume - 2, 2 * volume - 1]);
        assert.equal(header.remarks, [`Volume ${volume} of 3 is read.`]);
      }
    }
  }
  const single = buildNifti({ shape: [2, 1, 1, 1], type: 'uint8', data: [5, 6], sform: LPS });
  assert.equal((await samplesOf(single)).all, [5, 6]);
  assert.equal((await samplesOf(single, { volume: 1 })).all, [5, 6]);
  assert.is(
    await rejection(open(single, { volume: 2 })),
    'scan.nii: holds 1 volume, got volume 2; expected a whole number, 1 to 1',
  );
});

/** A source that takes note of what is read. */
function watched(bytes: Uint8Array): { source: ByteSource; reads: [number, number][]; failNext: () => void } {
  const reads: [number, number][] = [];
  let fails = false;
  const inner = sourceOf(bytes, 'scan.nii');
  const source: ByteSource = {
    ...inner,
    async read(offset, length) {
      if (fails) {
        fails = false;
        throw new Error('no disk');
      }
      reads.push([offset, length]);
      return inner.read(offset, length);
    },
  };
  return { source, reads, failNext: () => (fails = true) };
}

test('only a slice is read where it lies whole in the file, and only the rows of a window', async () => {
  const data = count(4 * 5 * 6 * 2);
  const { source, reads } = watched(buildNifti({ shape: [4, 5, 6, 2], type: 'int16', data, sform: sformOf(RAS) }));
  const opened = await openImage(source, { plane: 'axial', volume: 2 });
  const before = reads.length;
  await opened.read(3);
  await opened.read(3, { left: 1, top: 1, width: 2, height: 2 });
  // 40 bytes a slice; rows run to the back, so that row 1 is the last but one of the memory.
  const volume = 352 + 240;
  assert.equal(reads.slice(before), [
    [volume + 3 * 40, 40],
    [volume + 3 * 40 + 2 * (2 * 4 + 1), 2 * 6],
  ]);
});

test('a volume that is read as a whole is read once, whoever asks meanwhile', async () => {
  const bytes = buildNifti({ shape: [4, 5, 6], type: 'int16', data: count(120), sform: sformOf(RAS) });
  for (const [file, whole] of [
    [bytes, [[352, 240]]],
    [zipped(bytes), [[0, 262_144]]],
  ] as const) {
    const { source, reads, failNext } = watched(file);
    const opened = await openImage(source, { plane: 'coronal' });
    const before = reads.length;
    failNext();
    // A failure is told to all who waited, and is not kept.
    for (const { status } of await Promise.allSettled([opened.read(0), opened.read(1)])) assert.is(status, 'rejected');
    assert.equal(reads.slice(before), []);
    const all = await Promise.all([0, 1, 2, 3, 4].map((z) => opened.read(z)));
    assert.equal(await opened.read(2), all[2]);
    assert.equal(reads.slice(before), whole);
  }
});

test('the bytes of the file stay as they are where their order is turned', async () => {
  const bytes = buildNifti({ order: 'big', shape: [2, 3, 4], type: 'uint16', data: count(24), sform: LPS });
  const before = Uint8Array.from(bytes);
  for (const plane of planes) await (await open(bytes, { plane })).read(0);
  assert.equal(bytes, before);
});

test('extensions are passed over', async () => {
  for (const version of VERSIONS) {
    const extension = new Uint8Array(36).fill(77);
    const bytes = buildNifti({ version, shape: [2, 1, 2], type: 'uint8', data: [1, 2, 3, 4], sform: LPS, extension });
    assert.equal((await samplesOf(bytes)).all, [1, 2, 3, 4]);
    assert.equal((await samplesOf(zipped(bytes))).all, [1, 2, 3, 4]);
  }
});

test('a real file: standard.nii.gz of nibabel', async () => {
  const base64 =
    'H4sIACjf12MC/4thZCAKMDOwMLAysDMwQiGqJiYGDrBAgz0DAwg7OAC5QAzjw+gNzhAxsOJBQDDhcQPIzegA7C8MQXQBED9P2xAi/J+BAYLAXCATzAcREAjhgsUhGkDKYQDE/A9ShwKAXKAYVBCVAqtDUg7RC9IABACG9IZB7AEAAA==';
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  // Most gzip files are something else: only those that call themselves images are looked into.
  assert.is(await isImage(sourceOf(bytes, 'IM0001')), false);
  assert.is(await isImage(sourceOf(bytes, 'IM0001.nii.gz')), true);
  const { header, slices } = await samplesOf(bytes, { plane: 'sagittal' });
  assert.equal(header, {
    width: 5,
    height: 7,
    channels: 1,
    bits: 8,
    samples: 'unsigned',
    slices: 4,
    spacing: [2, 3],
    sliceSpacing: 1,
    plane: 'sagittal',
    orientation: 'RAS',
    // Its own is the diagonal of 1, 3 and 2: columns run to the back, rows to the feet, slices to the left.
    affine: [
      [0, 0, -1, 3],
      [-3, 0, 0, 12],
      [0, -2, 0, 12],
    ],
  });
  const letter = [
    [1, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 0, 1, 1],
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
  ];
  assert.equal(
    [...slices[1]!.data].map((value) => value / 255),
    letter.flat(),
  );
});

test.run();
