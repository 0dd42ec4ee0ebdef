/** Where NIfTI files lie in the patient, as nibabel takes it, and how far their voxels are apart. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenOptions } from '../../../src/formats/format.js';
import { openImage } from '../../../src/formats/formats.js';
import { parseHeader } from '../../../src/formats/nifti/header.js';
import { sourceOf } from '../../../src/formats/source.js';
import type { Plane } from '../../../src/image/plane.js';
import { buildNifti, type NiftiParts, sformOf } from '../../fixtures/nifti.js';
import { rejection } from '../../support/throws.js';

const VERSIONS = [1, 2] as const;
const ORDERS = ['little', 'big'] as const;
const count = (length: number) => Array.from({ length }, (_, k) => k);
const open = (bytes: Uint8Array, options: OpenOptions = {}) => openImage(sourceOf(bytes, 'scan.nii'), options);

/** The affine map of a file, and its letters. */
async function mapOf(parts: Partial<NiftiParts>) {
  const bytes = buildNifti({ shape: [2, 3, 4], type: 'uint8', data: count(24), ...parts });
  const header = await parseHeader(bytes, false, 'scan.nii');
  return { affine: header.affine, letters: header.letters, isPlaced: header.isPlaced };
}

test('the affine map is the sform, else the qform, else the sizes of the voxels', async () => {
  const sform = sformOf([
    [0, 0, 4, 1],
    [5, 0, 0, 2],
    [0, -6, 0, 3],
  ]);
  const qform = { code: 2, bcd: [0.5, 0.5, 0.5], shift: [1, 2, 3] };
  for (const version of VERSIONS) {
    for (const order of ORDERS) {
      const common = { version, order, pixdim: [1.5, 2, 3] };
      // Though the code of the qform is the higher one.
      assert.equal(await mapOf({ ...common, sform, qform }), { affine: sform.rows, letters: 'AIR', isPlaced: true });
      const byQform = await mapOf({ ...common, sform: { ...sform, code: 0 }, qform });
      assert.equal(byQform.affine, [
        [0, 0, 3, 1],
        [1.5, 0, 0, 2],
        [0, 2, 0, 3],
      ]);
      assert.equal([byQform.letters, byQform.isPlaced], ['ASR', true]);
      assert.equal(await mapOf(common), {
        affine: [
          [-1.5, 0, 0, 0.75],
          [0, 2, 0, -2],
          [0, 0, 3, -4.5],
        ],
        letters: 'LAS',
        isPlaced: false,
      });
    }
  }
  // A picture does not say how thick it is.
  const picture = await mapOf({ shape: [4, 6], pixdim: [1, 2, 0] });
  assert.equal(picture.affine[2], [0, 0, 1, 0]);
});

test('qforms as nibabel 5.0 takes them', async () => {
  for (const [qfac, bcd, letters, rows] of [
    [
      1,
      [0, 0, 0],
      'RAS',
      [
        [1.5, 0, 0],
        [0, 2, 0],
        [0, 0, 3],
      ],
    ],
    [
      0,
      [0, 0, 0],
      'RAS',
      [
        [1.5, 0, 0],
        [0, 2, 0],
        [0, 0, 3],
      ],
    ],
    [
      -1,
      [0, 1, 0],
      'LAS',
      [
        [-1.5, 0, 0],
        [0, 2, 0],
        [0, 0, 3],
      ],
    ],
    [
      -1,
      [0.1, -0.2, 0.3],
      'RAI',
      [
        [1.1099999749660487, -1.1928342604719482, 0.9328342206154592],
        [0.7746256917776824, 1.599999970197677, 0.9164171348946458],
        [0.6464171201424961, 0.13094473037038656, -2.699999991059303],
      ],
    ],
    [
      1,
      [0.6, 0.8, 0],
      'ARI',
      [
        [-0.4199999656677253, 1.9200000133514397, 0],
        [1.4400000100135797, 0.5599999542236338, 0],
        [0, 0, -3],
      ],
    ],
    [
      1,
      [1.00000012, 0, 0],
      'RPI',
      [
        [1.5, 0, 0],
        [0, -2, 0],
        [0, 0, -3],
      ],
    ],
  ] as const) {
    const map = await mapOf({ qfac, pixdim: [1.5, 2, 3], qform: { code: 1, bcd } });
    assert.is(map.letters, letters);
    for (const [i, row] of rows.entries()) {
      for (const [j, value] of row.entries()) assert.ok(Math.abs(map.affine[i]![j]! - value) < 1e-12, `${bcd}`);
    }
  }
  const refused = (parts: Partial<NiftiParts>) => rejection(mapOf(parts));
  const way = 'set its sform anew';
  assert.is(
    await refused({ qform: { code: 1, bcd: [1, 0.5, 0] } }),
    `scan.nii: damaged NIfTI: its qform has a quaternion of [1,0.5,0], longer than 1; ${way}`,
  );
  assert.is(
    await refused({ qform: { code: 1, bcd: [Number.NaN, 0, 0] } }),
    `scan.nii: damaged NIfTI: its qform has a quaternion of [NaN,0,0], longer than 1; ${way}`,
  );
  assert.is(
    await refused({ qform: { code: 1, bcd: [0, 0, 0] }, pixdim: [1, -2, 3] }),
    `scan.nii: damaged NIfTI: its qform has voxels of 1x-2x3; ${way}`,
  );
  // In float64 there is less to round.
  assert.match(await refused({ version: 2, qform: { code: 1, bcd: [1.00000012, 0, 0] } }), 'longer than 1');
});

test('units become millimetres; an unknown one counts as such', async () => {
  const sform = sformOf([
    [0.25, 0, 0, 0],
    [0, 0.5, 0, 0],
    [0, 0, 1, 0],
  ]);
  for (const [units, factor] of [
    [0, 1],
    [1, 1000],
    [2, 1],
    [3, 0.001],
    [2 + 8, 1],
    [3 + 16, 0.001],
    [6, 1],
  ] as const) {
    for (const version of VERSIONS) {
      const { header } = await open(
        buildNifti({ version, shape: [2, 3, 4], type: 'uint8', data: count(24), units, sform }),
      );
      assert.equal(header.spacing, [0.5 * factor, 0.25 * factor], `${units}`);
      assert.is(header.sliceSpacing, factor);
    }
  }
});

test('a file that does not say where it lies has no orientation, and a remark', async () => {
  const { header } = await open(buildNifti({ shape: [2, 3, 4], type: 'uint8', data: count(24), pixdim: [1, 1, 2] }));
  assert.not('orientation' in header);
  assert.equal(header.remarks, ['The file does not say where its axes run, which are taken as LAS.']);
  assert.equal([header.spacing, header.sliceSpacing], [[1, 1], 2]);
});

test('the plane with the smallest pixels is read unless another is asked for', async () => {
  const bytes = buildNifti({
    shape: [2, 3, 4],
    type: 'uint8',
    data: count(24),
    sform: sformOf([
      [1, 0, 0, 0],
      [0, 4, 0, 0],
      [0, 0, 1, 0],
    ]),
  });
  const size = async (plane?: Plane) => {
    const { width, height, slices } = (await open(bytes, plane === undefined ? {} : { plane })).header;
    return [width, height, slices];
  };
  assert.equal(await size(), [2, 4, 3]);
  assert.equal(await size('axial'), [2, 3, 4]);
  assert.equal(await size('sagittal'), [3, 4, 2]);
});

test.run();
