import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readDataFolder } from '../../src/data/folder/folder.js';
import { openDataset } from '../../src/platform/node/data.js';
import { nodeFiles } from '../../src/platform/node/files/node-files.js';
import { type MatParts, putMat } from '../fixtures/mat.js';
import { put, suiteInFolder } from '../support/cli/cli.js';
import { rejection } from '../support/throws.js';

const test = suiteInFolder('figshare');
const SIZE = { width: 3, height: 2 };

async function refusal(dir: string): Promise<string> {
  const read = async () => {
    for (const { read } of (await readDataFolder(nodeFiles, dir)).records.values()) await read();
  };
  return (await rejection(read())).replaceAll(dir, 'DIR');
}

test("MATLAB's columns become rows; patient, label and mask are read", async ({ dir }) => {
  await putMat(dir, '2.mat', { ...SIZE, patient: 'MR017260F', label: 3 });
  await putMat(dir, '10.MAT', { ...SIZE, patient: '100360', label: 1, type: '<d' });
  const { classNames, ...folder } = await readDataFolder(nodeFiles, dir);
  const records = [...folder.records.values()];
  assert.equal(classNames, ['tumour']);
  assert.equal(
    records.map(({ name, patient, label, channels, width, height }) => [name, patient, label, channels, width, height]),
    [
      ['10', '100360', '1', 1, 3, 2],
      ['2', 'MR017260F', '3', 1, 3, 2],
    ],
  );
  for (const record of records) {
    const { image, mask } = await record.read();
    assert.equal(image, { width: 3, height: 2, channels: 1, data: Uint16Array.of(0, 10, 20, 1, 11, 21) });
    assert.equal(mask, { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 1, 1, 0, 0, 1) });
  }
});

test('negative values are raised to 0, all by the same number; 16 bits are kept', async ({ dir }) => {
  await putMat(dir, 'a.mat', { ...SIZE, image: (x, y) => 30000 * x - 7 + y, type: '<i' });
  const record = (await readDataFolder(nodeFiles, dir)).records.get('a')!;
  assert.equal((await record.read()).image.data, Uint16Array.of(0, 30000, 60000, 1, 30001, 60001));
});

test('the split keeps patients together', async ({ dir }) => {
  for (let i = 0; i < 6; i++) await putMat(dir, `${i}.mat`, { ...SIZE, patient: `p${i % 3}` });
  const { split } = await openDataset(dir, { size: 4, seed: 1 });
  assert.is(split.validation.length, 2);
  assert.is(new Set(split.validation.map((name) => Number(name) % 3)).size, 1);
});

test('fields that are missing or hold something else', async ({ dir }) => {
  const fault = async (parts: Partial<MatParts>, message: string) => {
    await putMat(dir, 'a.mat', { ...SIZE, ...parts });
    assert.is(await refusal(dir), `DIR/a.mat: ${message}`);
  };
  const expected = 'expected a struct cjdata with label, PID, image and tumorMask';
  for (const field of ['label', 'PID', 'image', 'tumorMask']) {
    await fault({ without: [field] }, `has no array cjdata/${field}; ${expected}`);
  }
  await fault({ label: 1.5 }, 'cjdata/label is not a whole number; correct the file');
  await fault({ patient: '\u0001' }, 'cjdata/PID is not a text that names a patient; correct the file');
  const sizes = 'cjdata/image is 3x2, cjdata/tumorMask is 2x3; they must have the same size';
  await fault({ maskShape: [2, 3] }, sizes);
  await fault({ mask: () => 2 }, 'cjdata/tumorMask holds 2; expected 0 and 1');
  await fault({ type: '<d', image: () => 0.5 }, 'cjdata/image holds 0.5; expected whole numbers, scale and round it');
  await fault(
    { type: '<i', image: (x) => 40000 * x },
    'cjdata/image holds values from 0 to 80000, more than 16 bits; scale it down',
  );
});

test('files that are no MATLAB v7.3 files', async ({ dir }) => {
  put(dir, 'a.mat', '');
  assert.is(await refusal(dir), 'DIR/a.mat: not a MATLAB v7.3 file: it is empty; copy the file again');
  put(dir, 'a.mat', 'x'.repeat(600));
  assert.is(await refusal(dir), 'DIR/a.mat: not a MATLAB v7.3 file: it has no HDF5 in it; copy the file again');
  put(dir, 'a.mat', 'MATLAB 5.0 MAT-file, Platform: PCWIN');
  const old = "a MATLAB file of the format before v7.3; save it in MATLAB with save(…, '-v7.3')";
  assert.is(await refusal(dir), `DIR/a.mat: ${old}`);
});

test('damaged files end in one line, whatever is damaged, and say so nowhere else', async ({ dir }) => {
  const path = await putMat(dir, 'whole/a.mat', {
    width: 64,
    height: 48,
    image: (x, y) => (x * 7919 + y * 104729) % 3001,
  });
  const whole = readFileSync(path);
  put(dir, 'cut/a.mat', whole.subarray(0, 1500));
  assert.match(await refusal(join(dir, 'cut')), /^DIR\/a\.mat: damaged: truncated file: [^\n]*; copy the file again$/);

  await putMat(dir, 'good/a.mat', SIZE);
  // In each, one byte in 40 of a stretch is changed: the superblock, the headers, the heap, the compressed pixels.
  let refused = 0;
  for (let k = 0; k < 40; k++) {
    const bytes = Buffer.from(whole);
    const start = 512 + Math.floor((k * (bytes.length - 512)) / 40);
    for (let i = start; i < start + 200 && i < bytes.length; i += 40) bytes[i]! ^= 0x5a;
    put(dir, `k${k}/a.mat`, bytes);
    const message = await refusal(join(dir, `k${k}`)).catch((error: Error) => error);
    if (typeof message === 'string') {
      assert.match(message, /^DIR\/a\.mat: [^\n]+$/);
      refused++;
      // Whatever the library made of it, a good file is read.
      assert.is((await readDataFolder(nodeFiles, join(dir, 'good'))).records.size, 1);
    }
  }
  assert.ok(refused >= 20, `${refused} of 40 refused`);
});

test('a claim beyond what the file can hold is refused before memory is taken', async ({ dir }) => {
  const path = await putMat(dir, 'a.mat', SIZE);
  const bytes = readFileSync(path);
  // The size of the mask stands in its header as two numbers of 8 bytes, and the largest allowed size behind it.
  const claim = Buffer.alloc(16);
  claim.writeBigUInt64LE(3n, 0);
  claim.writeBigUInt64LE(2n, 8);
  const larger = Buffer.alloc(16);
  larger.writeBigUInt64LE(16384n, 0);
  larger.writeBigUInt64LE(16384n, 8);
  let changed = 0;
  for (let at = bytes.indexOf(claim); at >= 0; at = bytes.indexOf(claim, at + 16)) {
    larger.copy(bytes, at);
    changed++;
  }
  assert.ok(changed >= 2);
  put(dir, 'a.mat', bytes);
  assert.match(
    await refusal(dir),
    /^DIR\/a\.mat: damaged: cjdata\/(image|tumorMask) claims 16384x16384 values of \d bytes?, more than a file of \d+ bytes holds; copy the file again$/,
  );
});

test.run();
