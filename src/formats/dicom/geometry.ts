/** Where frames lie in the patient, and whether they make up a volume. */
import type { Spacing } from '../../image/image.js';
import type { Affine } from '../volume.js';
import type { DataSet } from './dataset.js';

/** Millimetres to the patient's left, back and head: the axes of DICOM (LPS+). */
export type Vector = readonly [number, number, number];

/** The plane of a frame: where its first pixel lies, and which way its rows and its columns run, as unit vectors. */
export interface Place {
  readonly position: Vector;
  /** The direction along a row: from a column to the next. */
  readonly row: Vector;
  /** The direction along a column: from a row to the next. */
  readonly column: Vector;
  /** Both as the file gives them. */
  readonly orientation: readonly number[];
}

/** Directions of frames that differ by less lie in one stack: the rounding of files. */
const SAME_DIRECTION = 1e-3;
/** Positions closer than this, in millimetres, are the same. */
export const SAME_POSITION = 1e-3;
/** How much distances of neighbours may differ from the median: a share, and millimetres that files round to. */
const SAME_DISTANCE = 0.01;
const ROUNDING = 0.01;
/** A stack whose direction differs by more degrees from the normal of its slices is tilted. */
const MOST_TILT = 0.1;

/** The plane of a frame; undefined where the data sets do not give it. */
export function placeOf(position: DataSet | undefined, orientation: DataSet | undefined): Place | undefined {
  const at = position?.decimals('00200032', 'ImagePositionPatient', 3);
  const axes = orientation?.decimals('00200037', 'ImageOrientationPatient', 6);
  if (!at || !axes) return undefined;
  const [row, column] = [unit(axes.slice(0, 3)), unit(axes.slice(3, 6))];
  // Directions that are no axes say nothing.
  if (!row || !column || Math.abs(dot(row, column)) > 0.01) return undefined;
  return { position: at as unknown as Vector, row, column, orientation: axes };
}

function unit(v: readonly number[]): Vector | undefined {
  const length = Math.hypot(...v);
  return length > 0.5 && length < 2 ? (v.map((x) => x / length) as unknown as Vector) : undefined;
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function normalOf({ row: a, column: b }: Place): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function difference(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Whether two frames are parallel, and turned the same way. */
export function isParallel(a: Place, b: Place): boolean {
  return [difference(a.row, b.row), difference(a.column, b.column)].every((d) => Math.hypot(...d) < SAME_DIRECTION);
}

/** How many orientations there are among places. */
export function countOrientations(places: readonly Place[]): number {
  const known: Place[] = [];
  for (const place of places) if (!known.some((other) => isParallel(other, place))) known.push(place);
  return known.length;
}

/** How the slices of a stack, which are sorted along their normal, follow each other. */
export interface Stacking {
  /** From a slice to the next, by the whole stack. */
  readonly step: Vector;
  /** How far apart neighbours are: the median. */
  readonly distance: number;
  /** Whether all neighbours are as far apart, in one direction. */
  readonly isEven: boolean;
  /** What keeps the slices from being a volume, in a sentence. */
  readonly remark?: string;
}

/** @param places at least two, parallel and sorted */
export function stackingOf(places: readonly Place[]): Stacking {
  const normal = normalOf(places[0]!);
  const n = places.length - 1;
  const whole = difference(places[n]!.position, places[0]!.position);
  const step = whole.map((mm) => mm / n) as unknown as Vector;
  const distances = places.slice(1).map((place, k) => Math.hypot(...difference(place.position, places[k]!.position)));
  const distance = distances.toSorted((a, b) => a - b)[n >> 1]!;
  const [least, most] = [Math.min(...distances), Math.max(...distances)];
  const from = (mm: number) => mm.toFixed(2).replace(/\.?0+$/, '');
  const allowed = Math.max(SAME_DISTANCE * distance, ROUNDING);
  const at = distances.findIndex((mm) => Math.abs(mm - distance) > allowed);
  if (at >= 0) {
    const where = `${from(distances[at]!)} mm after slice ${at + 1}`;
    const remark = `Its slices are ${from(least)} to ${from(most)} mm apart (${where}, ${from(distance)} mm mostly), so that it is no volume.`;
    return { step, distance, isEven: false, remark };
  }
  const offLine = places.map(({ position }, k) => {
    const there = difference(position, places[0]!.position);
    return Math.hypot(...there.map((mm, axis) => mm - k * step[axis]!));
  });
  const farthest = Math.max(...offLine);
  if (farthest > Math.max(allowed, 0.05)) {
    const remark = `Its slices lie up to ${from(farthest)} mm beside a line, so that it is no volume.`;
    return { step, distance, isEven: false, remark };
  }
  const cosine = dot(step, normal) / Math.hypot(...step);
  const degrees = (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
  if (degrees > MOST_TILT) {
    const remark = `Its slices are stacked ${degrees.toFixed(1)} degrees off their normal (gantry tilt): they are read in their own plane.`;
    return { step, distance, isEven: true, remark };
  }
  return { step, distance, isEven: true };
}

/** The affine map of voxels to RAS+ of slices from `first` on. */
export function affineOf(first: Place, [rowSpacing, columnSpacing]: Spacing, step: Vector): Affine {
  const { position, row, column } = first;
  // DICOM counts to the left and to the back, the affine map to the right and to the front.
  return [-1, -1, 1].map((sign, axis) => [
    sign * row[axis]! * columnSpacing,
    sign * column[axis]! * rowSpacing,
    sign * step[axis]!,
    sign * position[axis]!,
  ]) as unknown as Affine;
}
