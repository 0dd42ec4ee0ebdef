/** Where the voxels of a NIfTI file lie in the patient, by what its header says in up to three ways. */
import type { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { InputError } from '../../base/errors.js';
import type { Affine, Grid } from '../volume.js';
import type { Layout } from './layout.js';

/** What a unit of the header is in millimetres. An unknown one counts as a millimetre, as in all viewers. */
const MILLIMETRES: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 0.001 };

/** Where an affine map comes from: one that is given, or the sizes of the voxels alone. */
export interface Placement {
  /** In millimetres. */
  readonly affine: Affine;
  /** Whether the file says where its axes run. */
  readonly isGiven: boolean;
}

/**
 * The best affine map of a header, chosen as nibabel's `get_best_affine`: the sform, else the qform, else the sizes of the
 * voxels, with columns that run to the left, as in the files of ANALYZE. The map that nifti-reader-js works out follows
 * other rules: a qform of a higher code comes first, and in NIfTI-2 there is nothing but the sform.
 * @throws InputError that starts with `name` for a qform that is no rotation
 */
export function bestAffine(
  fields: NIFTI1 | NIFTI2,
  bytes: Uint8Array,
  layout: Layout,
  sizes: Grid['sizes'],
  name: string,
): Placement {
  const [hasSform, hasQform] = [fields.sform_code > 0, fields.qform_code > 0];
  const map = hasSform
    ? sform(bytes, layout, fields.littleEndian)
    : hasQform
      ? qform(fields, layout, name)
      : bySizes(fields, sizes);
  const unit = MILLIMETRES[fields.xyzt_units & 7] ?? 1;
  return { affine: mapRows((i, j) => map[i]![j]! * unit), isGiven: hasSform || hasQform };
}

function mapRows(value: (row: number, column: number) => number): Affine {
  return [0, 1, 2].map((i) => [value(i, 0), value(i, 1), value(i, 2), value(i, 3)] as const);
}

/** Three rows of the header as they are. */
function sform(bytes: Uint8Array, { version, rows }: Layout, isLittleEndian: boolean): Affine {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return mapRows((i, j) => {
    const k = 4 * i + j;
    return version === 1
      ? view.getFloat32(rows + 4 * k, isLittleEndian)
      : view.getFloat64(rows + 8 * k, isLittleEndian);
  });
}

/** How far the square of a quaternion may be above 1 by rounding: three steps of its numbers, as in nibabel. */
const ROUNDING = { 1: 3 * 2 ** -23, 2: 3 * 2 ** -52 } as const;

/** A rotation as a unit quaternion a + bi + cj + dk of which b, c and d are stored, the sizes of the voxels, and a shift. */
function qform(fields: NIFTI1 | NIFTI2, { version }: Layout, name: string): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d, pixDims } = fields;
  const square = 1 - (b * b + c * c + d * d);
  const sides = pixDims.slice(1, 4);
  const refuse = (what: string) => new InputError(`${name}: damaged NIfTI: its qform has ${what}; set its sform anew`);
  if (!(square >= -ROUNDING[version])) throw refuse(`a quaternion of [${b},${c},${d}], longer than 1`);
  if (!sides.every((side) => side >= 0)) throw refuse(`voxels of ${sides.join('x')}`);
  const a = Math.sqrt(Math.max(0, square));
  // Rounding is made up for by the length of the quaternion.
  const s = 2 / (a * a + b * b + c * c + d * d);
  const shift = [fields.qoffset_x, fields.qoffset_y, fields.qoffset_z];
  const rotation = [
    [1 - s * (c * c + d * d), s * (b * c - a * d), s * (b * d + a * c)],
    [s * (b * c + a * d), 1 - s * (b * b + d * d), s * (c * d - a * b)],
    [s * (b * d - a * c), s * (c * d + a * b), 1 - s * (b * b + c * c)],
  ];
  // The first of `pixDims` turns the third axis round where the map is a mirror.
  const signed = sides.map((side, axis) => (axis === 2 && pixDims[0]! < 0 ? -side : side));
  return mapRows((i, j) => (j === 3 ? shift[i]! : rotation[i]![j]! * signed[j]!));
}

/** The sizes of the voxels alone, around the middle of the volume. Axes that the file does not have count as 1. */
function bySizes({ dims, pixDims }: NIFTI1 | NIFTI2, sizes: Grid['sizes']): Affine {
  const sides = [0, 1, 2].map((axis) => (axis < dims[0]! ? pixDims[axis + 1]! : 1) * (axis === 0 ? -1 : 1));
  return mapRows((i, j) => (j === 3 ? (-sides[i]! * (sizes[i]! - 1)) / 2 : i === j ? sides[i]! : 0));
}
