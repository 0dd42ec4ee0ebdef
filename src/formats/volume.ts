/**
 * Volumes, and how they are cut into slices. A volume lies in the patient by its affine map, which takes the indices
 * (i, j, k) of a voxel to millimetres towards the patient's right, front and head (RAS+, the convention of NIfTI).
 *
 * Slices are shown as radiologists see them, however a volume is stored, so that slices of different scanners look alike:
 *
 *     axial      columns run to the left, rows to the back,  slices to the head
 *     coronal    columns run to the left, rows to the feet,  slices to the back
 *     sagittal   columns run to the back, rows to the feet,  slices to the left
 */
import { invariant } from '../base/errors.js';
import type { ImageData, Spacing } from '../image/image.js';
import { type Plane, planes } from '../image/plane.js';
import type { Window } from '../image/window.js';

/** Three rows of four: the directions of i, j and k in millimetres a step, and where voxel (0, 0, 0) lies. */
export type Affine = readonly (readonly [number, number, number, number])[];

/** How voxels lie in memory and in the patient: voxel (i, j, k) is number `i + sizes[0] * (j + sizes[1] * k)`. */
export interface Grid {
  readonly sizes: readonly [number, number, number];
  readonly affine: Affine;
}

/** An axis of a slice: which voxel it begins at, and how far it is from one to the next in memory and in the patient. */
interface Axis {
  readonly length: number;
  readonly stride: number;
  readonly spacing: number;
  /** The direction, by its letter: R, L, A, P, S or I. */
  readonly letter: string;
}

/** A volume cut into slices along a plane: pixel (x, y) of slice z is voxel number `first + x * columns.stride + …`. */
export interface Slicing {
  readonly plane: Plane;
  readonly columns: Axis;
  readonly rows: Axis;
  readonly slices: Axis;
  readonly first: number;
}

const LETTERS = ['RL', 'AP', 'SI'] as const;

/** Where columns, rows and slices of each plane run. */
const DIRECTIONS: Readonly<Record<Plane, string>> = { axial: 'LPS', coronal: 'LIP', sagittal: 'PIL' };

/** Below this volume of the box that the three directions span, each taken of length 1, an affine map is flat. */
const FLAT = 1e-6;

/**
 * The direction of each axis of the memory by its letter, as nibabel's `aff2axcodes`: the one that it follows most in the
 * nearest affine map without shear. Undefined where there are no three, as of an affine map that is flat.
 */
export function axisLetters(affine: Affine): string | undefined {
  const spacing = [0, 1, 2].map((axis) => spacingOf(affine, axis));
  const cosines = affine.map((row) => row.slice(0, 3).map((mm, axis) => mm / spacing[axis]!) as Vector);
  // Written so that NaN is flat, too.
  if (!(Math.abs(determinant(cosines)) > FLAT)) return undefined;
  const nearest = withoutShear(cosines);
  // Each axis takes its direction before the next one, and no direction is taken twice.
  const left = [0, 1, 2];
  return [0, 1, 2]
    .map((axis) => {
      const cosine = (direction: number) => Math.abs(nearest[direction]![axis]!);
      const best = left.reduce((most, direction) => (cosine(direction) > cosine(most) ? direction : most));
      left.splice(left.indexOf(best), 1);
      return LETTERS[best]![nearest[best]![axis]! > 0 ? 0 : 1]!;
    })
    .join('');
}

type Vector = [number, number, number];

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function determinant([a, b, c]: readonly Vector[]): number {
  const normal = cross(b!, c!);
  return a![0] * normal[0] + a![1] * normal[1] + a![2] * normal[2];
}

/** The orthogonal matrix that is nearest to one that is not flat, by Newton's iteration: half the sum with its inverse, transposed. */
function withoutShear(matrix: readonly Vector[]): readonly Vector[] {
  let change = 1;
  // A flat direction halves in each round, and then the error squares.
  for (let round = 0; change > 1e-12 && round < 60; round++) {
    const [a, b, c] = matrix as [Vector, Vector, Vector];
    const size = determinant(matrix);
    const inverse = [cross(b, c), cross(c, a), cross(a, b)].map((row) => row.map((cofactor) => cofactor / size));
    const next = matrix.map((row, i) => row.map((value, j) => (value + inverse[i]![j]!) / 2) as Vector);
    change = Math.max(...next.flatMap((row, i) => row.map((value, j) => Math.abs(value - matrix[i]![j]!))));
    matrix = next;
  }
  return matrix;
}

/** The distance from a voxel to the next along an axis of the memory, in millimetres. */
function spacingOf(affine: Affine, axis: number): number {
  return Math.hypot(...affine.map((row) => row[axis]!));
}

/**
 * The plane with the smallest pixels: across the axis with the largest spacing, axial where none is larger than the others.
 * A volume of one slice is cut along this slice, whatever its spacing.
 */
export function finestPlane(grid: Grid): Plane {
  const slices = (plane: Plane) => sliced(grid, plane).slices;
  const [flat, ...others] = planes.filter((plane) => slices(plane).length === 1);
  if (flat !== undefined && others.length === 0) return flat;
  // A thousandth more is the rounding of a file.
  return planes.reduce((best, plane) => (slices(plane).spacing > 1.001 * slices(best).spacing ? plane : best));
}

/** How a volume is cut along a plane. The affine map must have three directions, see `axisLetters`. */
export function sliced({ sizes, affine }: Grid, plane: Plane): Slicing {
  const letters = axisLetters(affine);
  invariant(letters !== undefined, 'a volume with a flat affine map is cut into slices');
  const steps = [1, sizes[0], sizes[0] * sizes[1]];
  let first = 0;
  const [columns, rows, slices] = Array.from(DIRECTIONS[plane], (letter): Axis => {
    const { axis, isReversed } = along(letters, letter);
    if (isReversed) first += (sizes[axis]! - 1) * steps[axis]!;
    const stride = isReversed ? -steps[axis]! : steps[axis]!;
    return { length: sizes[axis]!, stride, spacing: spacingOf(affine, axis), letter };
  });
  return { plane, columns: columns!, rows: rows!, slices: slices!, first };
}

/** Which axis of the memory runs along a direction, and whether it runs the other way. */
function along(letters: string, letter: string): { readonly axis: number; readonly isReversed: boolean } {
  const pair = LETTERS.find((both) => both.includes(letter))!;
  const axis = Array.from(letters).findIndex((each) => pair.includes(each));
  return { axis, isReversed: letters[axis] !== letter };
}

/** Where slices lie: the affine map of (column, row, slice) in place of (i, j, k). */
export function affineOfSlices({ sizes, affine }: Grid, { columns, rows, slices }: Slicing): Affine {
  const letters = axisLetters(affine)!;
  const axes = [columns, rows, slices].map(({ letter }) => along(letters, letter));
  return affine.map((row) => {
    let origin = row[3];
    for (const { axis, isReversed } of axes) if (isReversed) origin += (sizes[axis]! - 1) * row[axis]!;
    const [column, down, across] = axes.map(({ axis, isReversed }) => (isReversed ? -row[axis]! : row[axis]!));
    return [column!, down!, across!, origin];
  });
}

/** How far apart the pixels of a slice are. */
export function pixelSpacing({ rows, columns }: Slicing): Spacing {
  return [rows.spacing, columns.spacing];
}

/** The slicing that cuts the same window out of each slice. */
export function windowed(slicing: Slicing, { left, top, width, height }: Window): Slicing {
  const { columns, rows, first } = slicing;
  return {
    ...slicing,
    columns: { ...columns, length: width },
    rows: { ...rows, length: height },
    first: first + left * columns.stride + top * rows.stride,
  };
}

/** The neighbouring voxels of the memory that hold a slice. */
export interface Run {
  /** The number of the first voxel, and how many there are. */
  readonly start: number;
  readonly length: number;
  /** Cuts the slice, its only one, out of these voxels. */
  readonly slicing: Slicing;
}

/** The voxels from the first to the last of a slice. Where slices lie whole in the memory, they are those of this slice alone. */
export function runOf(slicing: Slicing, slice: number): Run {
  const { columns, rows, slices } = slicing;
  const origin = slicing.first + slice * slices.stride;
  const [across, down] = [columns, rows].map(({ length, stride }) => (length - 1) * stride) as [number, number];
  const start = origin + Math.min(0, across) + Math.min(0, down);
  return {
    start,
    length: Math.abs(across) + Math.abs(down) + 1,
    slicing: { ...slicing, slices: { ...slices, length: 1 }, first: origin - start },
  };
}

/** Whether each slice lies whole in the memory, between those before and behind it. */
export function isContiguous(slicing: Slicing): boolean {
  return runOf(slicing, 0).length === slicing.columns.length * slicing.rows.length;
}

/**
 * Copies a slice out of a volume, each sample by `value`. The samples of voxel v, one for each channel, are number
 * `channels * v` and those that follow.
 */
export function copySlice<T extends ImageData>(
  { columns, rows, slices, first }: Slicing,
  slice: number,
  target: T,
  value: (sample: number) => number,
  channels = 1,
): T {
  let at = 0;
  for (let y = 0; y < rows.length; y++) {
    let voxel = first + slice * slices.stride + y * rows.stride;
    for (let x = 0; x < columns.length; x++, voxel += columns.stride) {
      for (let c = 0; c < channels; c++) target[at++] = value(voxel * channels + c);
    }
  }
  return target;
}

/** Puts a slice back where it was cut from, one channel of it: `data` has `channels` a pixel, of which `channel` is taken. */
export function placeSlice(
  { columns, rows, slices, first }: Slicing,
  slice: number,
  volume: ImageData,
  data: ArrayLike<number>,
  channels = 1,
  channel = 0,
): void {
  let at = channel;
  for (let y = 0; y < rows.length; y++) {
    let voxel = first + slice * slices.stride + y * rows.stride;
    for (let x = 0; x < columns.length; x++, voxel += columns.stride, at += channels) volume[voxel] = data[at]!;
  }
}
