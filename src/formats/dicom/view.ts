/** How the slices of a stack are shown: the frames themselves, turned perhaps, or cut across them. */
import { InputError } from '../../base/errors.js';
import type { Plane } from '../../image/plane.js';
import { axisLetters, type Slicing, sliced } from '../volume.js';
import type { Frame } from './frame-list.js';
import { affineOf, normalOf } from './geometry.js';
import type { Stack } from './stack.js';

/** The plane whose slices follow each other along a direction. */
const PLANE_ACROSS: Readonly<Record<string, Plane>> = {
  ...{ S: 'axial', I: 'axial' },
  ...{ A: 'coronal', P: 'coronal' },
  ...{ L: 'sagittal', R: 'sagittal' },
};

/** How the slices of a stack are shown. */
export interface View {
  readonly slicing: Slicing;
  /** Whether slices are the frames themselves, each perhaps turned; else they are cut across all frames. */
  readonly isOwnPlane: boolean;
}

/** @throws InputError for a plane that frames are not cut along */
export function viewOf(
  { grid, isVolume, frames, remarks }: Stack,
  plane: Plane | undefined,
  name: string,
): View | undefined {
  if (!grid || frames.length === 1) {
    const isPicture = frames.length === 1;
    const own = ownPlane(frames[0]!);
    if (plane !== undefined && !(isPicture && own === plane)) {
      const found = isPicture ? `one slice, which is ${own ?? 'of no known plane'}` : 'slices that are no volume';
      throw new InputError(`${name}: cannot be cut into ${plane} slices: it holds ${found}; leave the plane out`);
    }
    if (!grid) return undefined;
  }
  const own = PLANE_ACROSS[axisLetters(grid.affine)![2]!]!;
  const isOwnPlane = plane === undefined || plane === own;
  if (!isOwnPlane && !isVolume) {
    throw new InputError(`${name}: cannot be cut into ${plane} slices: ${lowered(remarks[0]!)}; read ${own} ones`);
  }
  return { slicing: sliced(grid, plane ?? own), isOwnPlane };
}

/** A remark within a sentence. */
function lowered(remark: string): string {
  return `${remark[0]!.toLowerCase()}${remark.slice(1, -1)}`;
}

/** The plane of a frame, where the header says it. */
function ownPlane(frame: Frame): Plane | undefined {
  const letters = lettersOf(frame);
  return letters === undefined ? undefined : PLANE_ACROSS[letters[2]!];
}

export function lettersOf({ place }: Frame): string | undefined {
  return place && axisLetters(affineOf(place, [1, 1], normalOf(place)));
}

export function lettersOfView({ slicing: { columns, rows, slices } }: View): string {
  return columns.letter + rows.letter + slices.letter;
}

/** The number of the frame that a slice is, in a view of the stack's own plane. */
export function frameNumber({ slicing: { slices } }: View, slice: number): number {
  return slices.stride < 0 ? slices.length - 1 - slice : slice;
}

/** Whether frames are shown as they are stored. */
export function isAsStored({ slicing: { columns, rows } }: View): boolean {
  return columns.stride === 1 && rows.stride === columns.length;
}

/** How a frame is turned, in a view of the stack's own plane: the slicing of a volume that has this frame alone. */
export function withinFrame({ slicing }: View): Slicing {
  const { columns, rows } = slicing;
  const beginning = ({ stride, length }: Slicing['rows']) => (stride < 0 ? -stride * (length - 1) : 0);
  return { ...slicing, slices: { ...slicing.slices, length: 1 }, first: beginning(columns) + beginning(rows) };
}
