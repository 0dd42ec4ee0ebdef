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

/**
 * The direction of each axis of the memory by its letter, as nibabel's `aff2axcodes`: the one that it follows most.
 * Undefined where there are no three, as of an affine map that is flat.
 */
export function axisLetters(affine: Affine): string | undefined {
  const spacing = [0, 1, 2].map((axis) => spacingOf(affine, axis));
  if (!spacing.every((mm) => mm > 0 && Number.isFinite(mm))) return undefined;
  // The largest cosine decides first, so that two axes never get one direction.
  const cosines = [0, 1, 2].flatMap((axis) =>
    [0, 1, 2].map((direction) => ({ axis, direction, cosine: affine[direction]![axis]! / spacing[axis]! })),
  );
  cosines.sort((a, b) => Math.abs(b.cosine) - Math.abs(a.cosine));
  const letters: string[] = ['', '', ''];
  const taken = new Set<number>();
  for (const { axis, direction, cosine } of cosines) {
    if (letters[axis] !== '' || taken.has(direction) || cosine === 0) continue;
    letters[axis] = LETTERS[direction]![cosine > 0 ? 0 : 1]!;
    taken.add(direction);
  }
  return taken.size === 3 ? letters.join('') : undefined;
}

/** The distance from a voxel to the next along an axis of the memory, in millimetres. */
function spacingOf(affine: Affine, axis: number): number {
  return Math.hypot(...affine.map((row) => row[axis]!));
}

/** The plane with the smallest pixels: across the axis with the largest spacing, axial where none is larger than the others. */
export function finestPlane(grid: Grid): Plane {
  const spacing = (plane: Plane) => sliced(grid, plane).slices.spacing;
  // A thousandth more is the rounding of a file.
  return planes.reduce((best, plane) => (spacing(plane) > 1.001 * spacing(best) ? plane : best));
}

/** How a volume is cut along a plane. The affine map must have three directions, see `axisLetters`. */
export function sliced({ sizes, affine }: Grid, plane: Plane): Slicing {
  const letters = axisLetters(affine);
  invariant(letters !== undefined, 'a volume with a flat affine map is cut into slices');
  const steps = [1, sizes[0], sizes[0] * sizes[1]];
  let first = 0;
  const [columns, rows, slices] = Array.from(DIRECTIONS[plane], (letter): Axis => {
    const pair = LETTERS.find((both) => both.includes(letter))!;
    const axis = Array.from(letters).findIndex((each) => pair.includes(each));
    const isReversed = letters[axis] !== letter;
    if (isReversed) first += (sizes[axis]! - 1) * steps[axis]!;
    const stride = isReversed ? -steps[axis]! : steps[axis]!;
    return { length: sizes[axis]!, stride, spacing: spacingOf(affine, axis), letter };
  });
  return { plane, columns: columns!, rows: rows!, slices: slices!, first };
}

/** How far apart the pixels of a slice are. */
export function pixelSpacing({ rows, columns }: Slicing): Spacing {
  return [rows.spacing, columns.spacing];
}

/** Copies a slice out of a volume, each voxel by `value`. */
export function copySlice<T extends ImageData>(
  { columns, rows, slices, first }: Slicing,
  slice: number,
  target: T,
  value: (voxel: number) => number,
): T {
  let at = 0;
  for (let y = 0; y < rows.length; y++) {
    let voxel = first + slice * slices.stride + y * rows.stride;
    for (let x = 0; x < columns.length; x++, voxel += columns.stride) target[at++] = value(voxel);
  }
  return target;
}

/** Puts a slice, one channel of it, back where it was cut from. */
export function placeSlice(
  { columns, rows, slices, first }: Slicing,
  slice: number,
  volume: ImageData,
  data: ArrayLike<number>,
): void {
  let at = 0;
  for (let y = 0; y < rows.length; y++) {
    let voxel = first + slice * slices.stride + y * rows.stride;
    for (let x = 0; x < columns.length; x++, voxel += columns.stride) volume[voxel] = data[at++]!;
  }
}
