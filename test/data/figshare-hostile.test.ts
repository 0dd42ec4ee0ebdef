import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import h5wasm from 'h5wasm/node';
import * as assert from 'uvu/assert';
import { readDataFolder } from '../../src/data/folder/folder.js';
import { nodeFiles } from '../../src/platform/node/files/node-files.js';
import { OneFile } from '../../src/platform/node/hdf5/files.js';
import { bombMat, externalMat, virtualMat } from '../fixtures/hostile-mat.js';
import { putMat } from '../fixtures/mat.js';
import { put, suiteInFolder } from '../support/cli/cli.js';
import { rejection } from '../support/throws.js';

const test = suiteInFolder('hostile .mat');
const MEGABYTE = 2 ** 20;
const SIZE = { width: 3, height: 2 };

async function readAll(dir: string): Promise<void> {
  for (const { read } of (await readDataFolder(nodeFiles, dir)).records.values()) await read();
}

async function refusal(dir: string): Promise<string> {
  return (await rejection(readAll(dir))).replaceAll(dir, 'DIR');
}

test('what a file says lies in other files is not read from them', async ({ dir }) => {
  const elsewhere = 'cjdata/image lies in other files, which are not read; save it with its values in this one';
  put(dir, 'a.mat', externalMat());
  assert.is(await refusal(dir), `DIR/a.mat: ${elsewhere}`);

  await h5wasm.ready;
  const other = new h5wasm.File(join(dir, 'other.h5'), 'w');
  other.create_dataset({ name: 'x', data: new Int16Array(24).fill(7), shape: [4, 6] });
  other.close();
  put(dir, 'a.mat', virtualMat());
  assert.is(await refusal(dir), `DIR/a.mat: ${elsewhere}`);
});

test('the library is not used where it would see the files of the machine', () => {
  // As that of h5wasm's other build, which is the machine's own.
  const asked: string[] = [];
  const analyzePath = (path: string) => ({ exists: asked.push(path) > 0 });
  const fs = { analyzePath } as unknown as ConstructorParameters<typeof OneFile>[0];
  assert.throws(() => new OneFile(fs), /^internal: h5wasm would see the files of this machine$/);
  assert.is(asked.length, 1);
});

test('more values than are accepted are refused before they are read', async ({ dir }) => {
  const path = await putMat(dir, 'a.mat', { ...SIZE, patient: 'p'.repeat(256) });
  await readAll(dir);
  await putMat(dir, 'a.mat', { ...SIZE, patient: 'p'.repeat(257) });
  assert.is(await refusal(dir), 'DIR/a.mat: cjdata/PID holds 257 values, expected at most 256; correct the file');

  // A file of 1 MB may unpack to the largest allowed sides, which at two bytes a pixel are too many bytes.
  await putMat(dir, 'a.mat', SIZE);
  const bytes = Buffer.concat([readFileSync(path), Buffer.alloc(MEGABYTE)]);
  const sides = (width: bigint, height: bigint) => Buffer.from(BigUint64Array.of(width, height).buffer);
  for (let at = bytes.indexOf(sides(3n, 2n)); at >= 0; at = bytes.indexOf(sides(3n, 2n), at)) {
    sides(16384n, 16384n).copy(bytes, at);
  }
  put(dir, 'a.mat', bytes);
  const claim = 'cjdata/image claims 16384x16384 values of 2 bytes, expected at most 268435456 bytes';
  assert.is(await refusal(dir), `DIR/a.mat: ${claim}; cut it into tiles`);
});

test('a chunk that inflates without end is given up within bounded memory', async ({ dir }) => {
  put(dir, 'a.mat', bombMat());
  const peak = () => process.resourceUsage().maxRSS * 1024;
  const before = peak();
  assert.is(await refusal(dir), 'DIR/a.mat: damaged: filter returned failure during read; copy the file again');
  assert.ok(peak() - before < 400 * MEGABYTE, `peak grew by ${(peak() - before) / MEGABYTE} MB`);
});

test('what is no file is not read without end', async ({ dir }) => {
  symlinkSync('/dev/zero', join(dir, 'a.mat'));
  const device = 'cannot be read: a pipe or a device, expected a file; remove it from the folder';
  assert.is(await refusal(dir), `DIR/a.mat: ${device}`);
});

test.run();
