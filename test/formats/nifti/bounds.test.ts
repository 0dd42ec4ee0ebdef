/** NIfTI files that claim or become more than memory holds. */
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { niftiFormat } from '../../../src/formats/nifti/format.js';
import { type ByteSource, sourceOf } from '../../../src/formats/source.js';
import { buildNifti, type NiftiParts, sformOf, zipped } from '../../fixtures/nifti.js';
import { rejection } from '../../support/throws.js';

const MEGABYTE = 2 ** 20;

/** A small sound file but for some fields. */
function changed(parts: Partial<NiftiParts>): Uint8Array {
  const sform = sformOf([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ]);
  return buildNifti({ shape: [2, 3, 4], type: 'int16', data: [], sform, ...parts });
}

/** The line that opening a file ends in. */
const refusal = (bytes: Uint8Array) => rejection(niftiFormat.open(sourceOf(bytes, 'a.nii'), {}));

/** The most memory this process ever held, in bytes. */
const peakMemory = () => process.resourceUsage().maxRSS * 1024;

/** A beginning and then zeros in gzip, made piece by piece, so that making them does not take the memory that is measured. */
async function zippedWithZeros(start: Uint8Array, megabytes: number): Promise<Uint8Array> {
  const gzip = createGzip({ level: 9 });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  gzip.write(start);
  const zeros = Buffer.alloc(MEGABYTE);
  for (let i = 0; i < megabytes; i++) if (!gzip.write(zeros)) await once(gzip, 'drain');
  gzip.end();
  await once(gzip, 'end');
  return Buffer.concat(parts);
}

/** A file of so many bytes that begins with a header, and of which nothing else is ever read. */
function sparse(parts: Partial<NiftiParts>, voxelBytes: number): ByteSource {
  const start = changed({ ...parts, data: [] });
  const read = async (offset: number, length: number) => start.subarray(offset, offset + length);
  return { name: 'a.nii', size: start.length + voxelBytes, read };
}

test('headers that claim more than any file holds', async () => {
  const before = peakMemory();
  const huge = { shape: [32767, 32767, 32767], data: [1, 2, 3] };
  for (const version of [1, 2] as const) {
    const bytes = changed({ ...huge, version });
    const needs = `32767x32767x32767 of int16 needs ${2 * 32767 ** 3 + (version === 1 ? 352 : 544)}; copy the file again`;
    assert.is(await refusal(bytes), `a.nii: truncated NIfTI: ${bytes.length} bytes, ${needs}`);
    const gzip = zipped(bytes);
    const most = `${gzip.length} bytes of gzip hold at most ${1032 * gzip.length}`;
    assert.is(await refusal(gzip), `a.nii: truncated NIfTI: ${most}, ${needs}`);
  }
  const wide = changed({
    version: 2,
    shape: [2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40],
    data: [1],
  });
  assert.match(await refusal(wide), /truncated NIfTI: 546 bytes, .* of int16 needs \d\.\d+e\+84; copy the file again$/);
  assert.ok(peakMemory() - before < 32 * MEGABYTE, `peak grew by ${(peakMemory() - before) / MEGABYTE} MB`);
});

test('volumes and slices that are too large', async () => {
  const volume = sparse({ shape: [1100, 1100, 1000], type: 'uint8' }, 1_210_000_000);
  const found = 'a volume of 1100x1100x1000 of uint8 takes 1210000000 bytes';
  assert.is(
    await rejection(niftiFormat.open(volume, { plane: 'coronal' })),
    `a.nii: too large: ${found}, expected at most 1073741824; cut it into parts`,
  );
  // Slice by slice it is never in memory as a whole.
  assert.is((await niftiFormat.open(volume, { plane: 'axial' })).header.slices, 1000);
  const most = 'expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles';
  assert.is(
    await rejection(niftiFormat.open(sparse({ shape: [20000, 3] }, 120_000), {})),
    `a.nii: too large: a slice of 20000x3 of int16 takes 240000 bytes, ${most}`,
  );
  assert.is(
    await rejection(niftiFormat.open(sparse({ shape: [16384, 8192], type: 'uint8', slope: 2 }, 2 ** 27), {})),
    `a.nii: too large: a slice of 16384x8192 of uint8 takes 536870912 bytes, ${most}`,
  );
});

test('a gzip bomb is refused where it goes past its size, by whoever reads', async () => {
  const one = changed({ shape: [1, 1, 1], type: 'uint8', data: [7] });
  const bomb = await zippedWithZeros(one, 200);
  assert.ok(bomb.length < 250_000);
  const before = peakMemory();
  const opened = await niftiFormat.open(sourceOf(bomb, 'a.nii'), {});
  const line = 'a.nii: damaged gzip: it inflates past its size: 1x1x1 of uint8 needs 353; save it again';
  assert.is(await rejection(opened.verify()), line);
  assert.is(await rejection(opened.read(0)), line);
  // What is no NIfTI is not inflated beyond a header.
  assert.match(
    await refusal(await zippedWithZeros(new Uint8Array(348), 200)),
    'what is in the gzip file starts with bytes',
  );
  assert.ok(peakMemory() - before < 32 * MEGABYTE, `peak grew by ${(peakMemory() - before) / MEGABYTE} MB`);
});

test('a file is verified, and one volume of it read, without keeping the others', async () => {
  const start = changed({ shape: [512, 512, 4, 200], type: 'uint8', data: [] });
  const series = await zippedWithZeros(start, 200);
  const before = peakMemory();
  const opened = await niftiFormat.open(sourceOf(series, 'a.nii'), { volume: 200 });
  await opened.verify();
  assert.is((await opened.read(3)).data.length, 512 * 512);
  assert.ok(peakMemory() - before < 48 * MEGABYTE, `peak grew by ${(peakMemory() - before) / MEGABYTE} MB`);
});

test.run();
