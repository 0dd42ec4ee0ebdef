/** Frames as a stack: sorted by where they lie in the patient, if they lie in one at all. */
import { InputError } from '../../base/errors.js';
import { axisLetters, type Grid } from '../volume.js';
import type { Frame } from './frame-list.js';
import {
  affineOf,
  countOrientations,
  dot,
  isParallel,
  normalOf,
  type Place,
  SAME_POSITION,
  stackingOf,
  type Vector,
} from './geometry.js';

export interface Stack {
  /** In the order of slices. */
  readonly frames: readonly Frame[];
  /** How the frames lie, as if they were a volume; undefined where they do not lie in one stack. */
  readonly grid?: Grid;
  /** Whether the affine map holds for all voxels, so that other planes can be cut. */
  readonly isVolume: boolean;
  /** How far apart neighbours are, where that is the same for all. */
  readonly sliceSpacing?: number;
  readonly remarks: readonly string[];
}

interface StackOptions {
  /** The file, or the series, for errors. */
  readonly name: string;
  /** Which of the frames at one position are taken, from 1 on. */
  readonly volume: number | undefined;
  /** Whether the frames are of one file, whose order is a good one. */
  readonly isOneFile: boolean;
}

/**
 * Sorts frames.
 * @throws InputError for frames of several files that are no stack, and for several volumes of which none is chosen
 */
export function stackOf(frames: readonly Frame[], options: StackOptions): Stack {
  const { name, volume, isOneFile } = options;
  const loose = (why: string): Stack => {
    if (volume !== undefined && volume !== 1) throw noVolume(name, volume, 1);
    return { frames, isVolume: false, remarks: [`${why}: its ${frames.length} slices are in the file's order.`] };
  };
  if (frames.length === 1) {
    if (volume !== undefined && volume !== 1) throw noVolume(name, volume, 1);
    const grid = gridOfPicture(frames[0]!);
    return { frames, ...(grid && { grid }), isVolume: false, remarks: [] };
  }
  if (frames.some(({ pixels }) => pixels.channels !== 1)) {
    if (isOneFile) return loose('It holds colours');
    throw notOne(name, 'its slices hold colours');
  }
  const placed = frames.filter((frame) => frame.place !== undefined);
  if (placed.length < frames.length) {
    if (isOneFile) return loose('It does not say of every slice where it lies');
    throw notOne(name, `${frames.length - placed.length} of ${frames.length} slices do not say where they lie`);
  }
  const places = frames.map(({ place }) => place!);
  if (!places.every((place) => isParallel(place, places[0]!))) {
    const what = `its ${frames.length} slices have ${countOrientations(places)} orientations (a localiser?)`;
    if (isOneFile) return loose(`It is no volume, as ${what}`);
    throw notOne(name, what);
  }
  return sorted(frames, options, loose);
}

/** How a picture lies, as a volume of one slice; undefined where it does not say so, and for colours, which are not turned. */
function gridOfPicture({ pixels, place, spacing, thickness = 1 }: Frame): Grid | undefined {
  if (!place || !spacing || pixels.channels !== 1) return undefined;
  const { width, height } = pixels.format;
  return { sizes: [width, height, 1], affine: affineOf(place, spacing, normalStep(place, thickness)) };
}

function notOne(name: string, what: string): InputError {
  return new InputError(`${name}: not a volume: ${what}; read its files one by one`);
}

function noVolume(name: string, volume: number, count: number): InputError {
  const what = count === 1 ? '1 volume' : `${count} volumes`;
  return new InputError(`${name}: has ${what}, got volume ${volume}; choose one that is there`);
}

function sorted(frames: readonly Frame[], options: StackOptions, loose: (why: string) => Stack): Stack {
  const { name, volume, isOneFile } = options;
  const groups = groupedByPosition(frames);
  const counts = groups.map((group) => group.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least !== most || groups.length === 1) {
    const what = `its ${frames.length} slices lie at ${groups.length} positions, ${least === most ? '' : `${least} to `}${most} at each`;
    if (isOneFile) return loose(`It is no volume, as ${what}`);
    throw notOne(name, what);
  }
  if (volume === undefined && most > 1) {
    const what = `${most} volumes of ${groups.length} slices (each position occurs ${most} times)`;
    throw new InputError(`${name}: holds ${what}; choose one by its number, 1 to ${most}`);
  }
  if (volume !== undefined && !(volume >= 1 && volume <= most)) throw noVolume(name, volume, most);
  const chosen = groups.map((group) => group[(volume ?? 1) - 1]!);
  return stacked(chosen);
}

/** The frames at each position along the normal, in the order of instances. */
function groupedByPosition(frames: readonly Frame[]): Frame[][] {
  const normal = normalOf(frames[0]!.place!);
  const along = (frame: Frame) => dot(frame.place!.position, normal);
  const rising = frames.toSorted((a, b) => along(a) - along(b));
  const groups: Frame[][] = [];
  for (const frame of rising) {
    const last = groups.at(-1);
    if (last && along(frame) - along(last[0]!) < SAME_POSITION) last.push(frame);
    else groups.push([frame]);
  }
  for (const group of groups) group.sort((a, b) => a.instance - b.instance || a.index - b.index);
  return groups;
}

function stacked(frames: readonly Frame[]): Stack {
  const places = frames.map(({ place }) => place!);
  const { step, distance, isEven, remark } = stackingOf(places);
  const { spacing } = frames[0]!;
  if (!spacing) {
    const remarks = ['It does not say how far apart its pixels are, so that it is no volume.'];
    return { frames, isVolume: false, remarks: remark ? [remark, ...remarks] : remarks };
  }
  const along = remark === undefined ? step : normalStep(places[0]!, distance);
  const affine = affineOf(places[0]!, spacing, along);
  const { width, height } = frames[0]!.pixels.format;
  const grid: Grid = { sizes: [width, height, frames.length], affine };
  if (axisLetters(affine) === undefined) return { frames, isVolume: false, remarks: ['It lies in no plane.'] };
  const apart = isEven ? { sliceSpacing: distance } : {};
  return { frames, grid, isVolume: remark === undefined, ...apart, remarks: remark === undefined ? [] : [remark] };
}

/** A step along the normal: where the real one is not the same for all, or slanted, it gives slices their direction. */
function normalStep(place: Place, distance: number): Vector {
  return normalOf(place).map((x) => x * distance) as unknown as Vector;
}
