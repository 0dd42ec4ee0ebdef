/** NIfTI files that are damaged, hostile, or of a kind that is not read: each is refused in one line. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { Random, seedKey } from '../../../src/base/random.js';
import type { OpenOptions } from '../../../src/formats/format.js';
import { niftiFormat } from '../../../src/formats/nifti/format.js';
import { type ByteSource, sourceOf } from '../../../src/formats/source.js';
import { buildNifti, type NiftiParts, sformOf, zipped } from '../../fixtures/nifti.js';
import { rejection } from '../../support/throws.js';

const RAS = sformOf([
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
]);
const GOOD: NiftiParts = {
  shape: [2, 3, 4],
  type: 'int16',
  data: Array.from({ length: 24 }, (_, k) => k * 5),
  sform: RAS,
};

/** The line that opening, verifying or reading a file ends in. */
async function refusal(bytes: Uint8Array, options: OpenOptions = {}): Promise<string> {
  const message = await rejection(readWhole(sourceOf(bytes, 'a.nii'), options));
  assert.ok(message.startsWith('a.nii: ') && !message.includes('\n'), message);
  return message;
}

async function readWhole(source: ByteSource, options: OpenOptions): Promise<Uint8Array[]> {
  const opened = await niftiFormat.open(source, options);
  await opened.verify();
  const slices: Uint8Array[] = [];
  for (let z = 0; z < opened.header.slices; z++) slices.push(new Uint8Array((await opened.read(z)).data));
  return slices;
}

/** A sound file but for some fields. */
const changed = (parts: Partial<NiftiParts>) => buildNifti({ ...GOOD, ...parts });
/** A sound file with one of its bytes, or several, set. */
function withBytes(at: number, values: readonly number[], parts: Partial<NiftiParts> = {}): Uint8Array {
  const bytes = changed(parts);
  bytes.set(values, at);
  return bytes;
}

test('a file is known by its content in either order of bytes, and a gzip file by its own', () => {
  const start = (bytes: Uint8Array) => niftiFormat.matches(bytes.subarray(0, 348));
  for (const version of [1, 2] as const) {
    for (const order of ['little', 'big'] as const) {
      assert.ok(start(changed({ version, order })));
      assert.ok(start(zipped(changed({ version, order }))));
    }
    assert.ok(start(changed({ version, magic: `ni${version}\0` })));
  }
  assert.not(start(changed({ magic: 'x+1\0' })));
  assert.not(start(changed({ magic: 'n+12' })));
  // The magic of NIfTI-2 by chance, and one that is cut.
  assert.not(start(withBytes(0, [1], { version: 2 })));
  for (const length of [0, 1, 4, 7]) assert.not(start(changed({ version: 2 }).subarray(0, length)));
});

test('gzip files with something else in them', async () => {
  const inside = (bytes: Uint8Array) => refusal(zipped(bytes));
  const line = (found: string) => `a.nii: no NIfTI file: what is in the gzip file ${found}; expected .nii or .nii.gz`;
  assert.is(await inside(Buffer.from('%PDF-1.4 text')), line('is a PDF file'));
  assert.is(await inside(Buffer.from('ustar archive')), line('starts with "ustar archiv"'));
  assert.is(await inside(new Uint8Array()), line('is empty'));
  assert.is(await inside(zipped(changed({}))), line('is a gzip archive'));
  assert.is(await inside(Uint8Array.of(10, 27, 91)), line('starts with bytes 0a 1b 5b'));
});

test('headers that are cut short', async () => {
  for (const version of [1, 2] as const) {
    const length = version === 1 ? 348 : 540;
    const whole = changed({ version });
    // NIfTI-1 has its magic at the end.
    for (const size of version === 1 ? [348, 351] : [8, 100, 539]) {
      const cut = whole.subarray(0, size);
      const header = `a.nii: truncated NIfTI: ${size} bytes, its header alone takes ${length}; copy the file again`;
      const voxels = `a.nii: truncated NIfTI: ${size} bytes, 2x3x4 of int16 needs ${length + 52}; copy the file again`;
      assert.is(await refusal(cut), size < length ? header : voxels);
    }
  }
});

test('fields that make no sense', async () => {
  const damaged = (what: string) => `a.nii: damaged NIfTI: ${what}; copy the file again`;
  for (const order of ['little', 'big'] as const) {
    const short = (value: number) => (order === 'little' ? [value & 255, value >> 8] : [value >> 8, value & 255]);
    const field = (at: number, value: number) => refusal(withBytes(at, short(value), { order }));
    assert.is(await field(40, 0), damaged('0 dimensions, expected 1 to 7'));
    assert.is(await field(40, 8), damaged('8 dimensions, expected 1 to 7'));
    assert.is(await field(40, 0xffff), damaged('-1 dimensions, expected 1 to 7'));
    assert.is(await field(44, 0), damaged('sizes of 2x0x4, expected at least 1 along each axis'));
    assert.is(await field(46, 0xfffd), damaged('sizes of 2x3x-3, expected at least 1 along each axis'));
  }
  assert.is(await refusal(withBytes(0, [1])), damaged('its first number is not 348, the length of its header'));
  for (const offset of [0, 348, 351, -16, 352.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const found = `its voxels begin at byte ${offset}, expected at least 352`;
    assert.is(await refusal(changed({ offset })), damaged(found));
  }
  assert.is(
    await refusal(changed({ version: 2, offset: 352 })),
    damaged('its voxels begin at byte 352, expected at least 544'),
  );
  assert.is(
    await refusal(changed({ slope: 2, inter: Number.NaN })),
    damaged('its numbers are scaled by 2, then NaN is added'),
  );
  const most = withBytes(24, [255, 255, 255, 255, 255, 255, 255, 127], { version: 2 });
  assert.match(
    await refusal(most),
    'truncated NIfTI: 592 bytes, 9223372036854776000x3x4 of int16 needs 221360928884514620000',
  );
});

test('kinds that are not read', async () => {
  assert.is(
    await refusal(changed({ magic: 'ni1\0' })),
    'a.nii: the header of a pair of .hdr and .img, expected one file; convert it to .nii',
  );
  assert.match(await refusal(changed({ version: 2, magic: 'ni2\0' })), 'the header of a pair of .hdr and .img');
  const known = 'uint8, int16, int32, float32, float64, RGB24, int8, uint16, uint32, int64, uint64';
  for (const [code, found] of [
    [0, 'the unknown type 0'],
    [1, 'single bits'],
    [32, 'complex64'],
    [1536, 'float128'],
    [1792, 'complex128'],
    [2048, 'complex256'],
    [2304, 'RGBA32'],
    [0xffff, 'the unknown type -1'],
  ] as const) {
    const bytes = withBytes(70, [code & 255, code >> 8]);
    assert.is(await refusal(bytes), `a.nii: holds voxels of ${found}, expected ${known}; convert it`);
  }
  for (const intent of [3000, 3006]) {
    assert.is(
      await refusal(changed({ version: 2, intent })),
      'a.nii: a CIFTI file, which holds points of a surface; expected a NIfTI file of an image',
    );
  }
});

test('affine maps that are flat', async () => {
  const rows = [
    [1, 0, 0, 5],
    [0, 2, 0, 5],
    [0, 0, 0, 5],
  ];
  assert.is(
    await refusal(changed({ sform: sformOf(rows) })),
    'a.nii: lies nowhere: its affine map [[1,0,0], [0,2,0], [0,0,0]] is flat; set its sform anew',
  );
  const none = changed({ sform: sformOf(rows, 0), pixdim: [1, 0, Number.NaN] });
  assert.is(
    await refusal(none),
    'a.nii: lies nowhere: its affine map [[-1,0,0], [0,0,0], [0,0,NaN]] is flat; set its sform anew',
  );
});

test('files of another length than their headers say', async () => {
  const whole = buildNifti(GOOD);
  const needs = '2x3x4 of int16 needs 400; copy the file again';
  assert.is(await refusal(whole.subarray(0, 399)), `a.nii: truncated NIfTI: 399 bytes, ${needs}`);
  assert.is(await refusal(Buffer.concat([whole, Buffer.alloc(1)])), `a.nii: damaged NIfTI: 401 bytes, ${needs}`);
  assert.is(await refusal(zipped(whole.subarray(0, 399))), `a.nii: truncated gzip: 399 bytes inside, ${needs}`);
  assert.is(
    await refusal(zipped(Buffer.concat([whole, Buffer.alloc(1)]))),
    'a.nii: damaged gzip: it inflates past its size: 2x3x4 of int16 needs 400; save it again',
  );
  for (const file of [whole, zipped(whole)]) {
    for (let length = 348; length < file.length; length++) {
      assert.match(await refusal(file.subarray(0, length)), /^a\.nii: (truncated|damaged) /);
    }
  }
  const gzip = zipped(whole);
  for (let length = 3; length < gzip.length; length += 5) {
    assert.match(await refusal(gzip.subarray(0, length)), 'it does not inflate (unexpected end of file)');
  }
});

test('a file that becomes shorter while it is open', async () => {
  const whole = buildNifti(GOOD);
  const shrunk: ByteSource = {
    name: 'a.nii',
    size: whole.length,
    read: async (offset, length) => whole.subarray(0, 390).subarray(offset, offset + length),
  };
  for (const [plane, line] of [
    ['axial', '2 bytes where 12 were'],
    ['coronal', '38 bytes where 48 were'],
  ] as const) {
    const message = await rejection(readWhole(shrunk, { plane }));
    assert.is(message, `a.nii: truncated NIfTI: ${line}; copy the file again`);
  }
});

test('numbers that an image cannot hold', async () => {
  const place = 'pixel (1, 0), channel 0 is';
  const one = (parts: Partial<NiftiParts>) => refusal(changed({ shape: [2, 1, 2], ...parts }), { plane: 'axial' });
  assert.is(
    await one({ type: 'float32', data: [1, 2, Number.NaN, 4] }),
    `a.nii: slice 2: ${place} NaN; expected finite numbers`,
  );
  assert.is(
    await one({ type: 'float64', data: [1e300, 2, 3, 4] }),
    `a.nii: slice 1: ${place} Infinity; expected finite numbers`,
  );
  assert.is(
    await one({ type: 'int64', data: [1n, 2n, 3n, 2n ** 53n + 1n] }),
    'a.nii: slice 2: a voxel is 9007199254740993, which float64 cannot hold exactly; convert it to int32',
  );
});

test('a flipped bit of a gzip file is found, or changes nothing', async () => {
  const gzip = zipped(buildNifti(GOOD));
  const expected = await readWhole(sourceOf(gzip, 'a.nii'), {});
  for (let bit = 16; bit < 8 * gzip.length; bit += 3) {
    const broken = Uint8Array.from(gzip);
    broken[bit >> 3]! ^= 1 << (bit & 7);
    const result = await readWhole(sourceOf(broken, 'a.nii'), {}).catch((error) => error);
    if (result instanceof Error) assert.instance(result, InputError, `bit ${bit}: ${result.stack}`);
    else assert.equal(result, expected, `bit ${bit}`);
  }
});

test('a file that cannot be read says so', async () => {
  const gzip = zipped(buildNifti(GOOD));
  const failing: ByteSource = {
    name: 'a.nii',
    size: 500_000,
    async read(offset, length) {
      if (offset > 0) throw new InputError('a.nii: cannot be read: the disk is gone');
      return gzip.subarray(0, Math.min(60, length));
    },
  };
  assert.is(await rejection(niftiFormat.open(failing, {})), 'a.nii: cannot be read: the disk is gone');
});

test('a changed or shortened file gives an image or an InputError', async () => {
  const random = new Random(seedKey(12));
  const seeds = [buildNifti(GOOD), changed({ version: 2, order: 'big' }), changed({ shape: [2, 3, 2, 2] })];
  for (let round = 0; round < 1500; round++) {
    const seed = seeds[random.integer(seeds.length)]!;
    const length = random.integer(4) === 0 ? random.integer(seed.length) : seed.length;
    const bytes = Uint8Array.from(seed.subarray(0, length));
    for (let k = random.integer(3); k >= 0 && length > 0; k--) bytes[random.integer(length)] = random.integer(256);
    const file = random.integer(2) === 0 ? bytes : zipped(bytes);
    const error = await readWhole(sourceOf(file, 'a.nii'), {}).catch((reason) => reason);
    if (error instanceof Error) assert.instance(error, InputError, error.stack);
  }
});

test.run();
