/** `check --files`, and whom `check` names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { sliceOf } from '../../fixtures/dicom.js';
import { putMat } from '../../fixtures/mat.js';
import { buildNifti, sformOf } from '../../fixtures/nifti.js';
import { disc, json, put, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli check files');

const count = (length: number) => Array.from({ length }, (_, k) => k);
const mask = (slices: number) => count(12 * slices).map((k) => Number(k % 4 > 1));

/** A picture, a volume of NIfTI, and a series of DICOM files that name Jane Doe, each with its mask. */
async function putFolder(dir: string): Promise<void> {
  put(dir, 'data/images/a.png', disc(24, 20));
  put(dir, 'data/masks/a.png', disc(24, 20, true));
  const sform = sformOf([
    [1 / 3, 0, 0, 0],
    [0, 0.5, 0, 0],
    [0, 0, 2.5, 0],
  ]);
  const voxels = count(24).map((k) => k - 7);
  put(dir, 'data/images/b.nii', buildNifti({ shape: [4, 3, 2], type: 'int16', data: voxels, sform }));
  put(dir, 'data/masks/b.nii', buildNifti({ shape: [4, 3, 2], type: 'uint8', data: mask(2), sform }));
  for (const k of count(2)) {
    const source = sliceOf(`${k}`, 12 * k, { position: [0, 0, 3 * k], instance: k });
    put(dir, `data/images/c/${k}.dcm`, await source.read(0, source.size));
  }
  put(dir, 'data/masks/c.nii', buildNifti({ shape: [4, 3, 2], type: 'uint8', data: mask(2), sform }));
}

const check = (...more: string[]) => ['check', '--data', 'data', '--size', '16', ...more];

test('a line for each file, not for each slice', async ({ dir }) => {
  await putFolder(dir);
  const { code, stdout } = unetpp(dir, check('--files', '--quiet'));
  assert.is(code, 0);
  assert.equal(
    stdout.split('\n').filter((line) => line.startsWith('file ')),
    [
      'file      data/images/a.png: PNG, 24x20, 8-bit unsigned grey',
      'file      data/images/b.nii: NIfTI, 4x3x2, 16-bit signed grey, pixels of 0.3333x0.5 mm, slices 2.5 mm apart, axial, RAS',
      'file      data/images/c: DICOM, 4x3x2, 16-bit unsigned grey, pixels of 0.25x0.5 mm, slices 3 mm apart, axial, LPS',
    ],
  );
  const [picture, , series, ...others] = json(dir, check('--files', '--neighbours', '1')).files as object[];
  assert.equal(others, []);
  assert.equal(picture, {
    ...{ path: 'data/images/a.png', format: 'PNG', width: 24, height: 20, slices: 1, channels: 1, bits: 8 },
    ...{ samples: 'unsigned', spacing: null, sliceSpacing: null, plane: null, orientation: null },
  });
  assert.equal(series, {
    ...{ path: 'data/images/c', format: 'DICOM', width: 4, height: 3, slices: 2, channels: 1, bits: 16 },
    ...{ samples: 'unsigned', spacing: [0.5, 0.25], sliceSpacing: 3, plane: 'axial', orientation: 'LPS' },
  });
  assert.is(json(dir, check()).files, undefined);
});

test('the patient of a DICOM file is never told, the label that splits are drawn by where it is asked for', async ({
  dir,
}) => {
  await putFolder(dir);
  const shown = unetpp(dir, check('--files', '--show-patients', '--quiet')).stdout;
  assert.match(shown, /\nfile {6}data\/images\/c: .*, LPS, patient c\n/);
  for (const text of [shown, unetpp(dir, check('--files', '--json')).stdout]) assert.not.match(text, /Doe|Jane|P7/);
  const files = json(dir, check('--files', '--show-patients')).files as { patient: string | null }[];
  assert.equal(
    files.map(({ patient }) => patient),
    [null, 'b', 'c'],
  );
});

test('patients that stand inside of files are named where it is asked for, those of patients.json always', async ({
  dir,
}) => {
  for (const name of ['k', 'l', 'm']) {
    const patient = name === 'm' ? 'MR2' : 'MR1';
    await putMat(join(dir, 'data'), `${name}.mat`, { width: 9, height: 8, patient });
  }
  put(dir, 'data/split.json', '{"train": ["k", "m"], "validation": ["l"]}');
  const remarkOf = (...more: string[]) =>
    (json(dir, check(...more)).remarks as string[]).find((remark) => remark.includes('patient'));
  const divided = 'is in different subsets: k (train), l (validation); keep a patient in one';
  assert.is(remarkOf('--out', 'hidden.png'), `the patient of k ${divided}`);
  assert.is(remarkOf('--out', 'shown.png', '--show-patients'), `patient MR1 ${divided}`);
  const sheets = ['hidden.png', 'shown.png'].map((name) => readFileSync(join(dir, name)));
  assert.is.not(Buffer.compare(sheets[0]!, sheets[1]!), 0);
  put(
    dir,
    'data/patients.json',
    JSON.stringify(Object.fromEntries(['k', 'l', 'm'].map((name) => [name, { patient: 7 }]))),
  );
  assert.match(remarkOf()!, /^patient 7 is in different subsets: /);
});

test('a folder of one patient is a fault that does not name him', async ({ dir }) => {
  for (const name of ['k', 'l'])
    await putMat(join(dir, 'data'), `${name}.mat`, { width: 9, height: 8, patient: 'MR1' });
  const { code, stdout } = unetpp(dir, check('--quiet'));
  assert.is(code, 2);
  const fault = 'data: all 2 images are of one patient; training needs at least 2 patients, or a split.json';
  assert.match(stdout, `\nfault     ${fault}\n`);
  assert.not.match(stdout, 'MR1');
});

test.run();
