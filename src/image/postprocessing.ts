/**
 * Postprocessing: masks without what is too small to be true. It is done for all classes step by step:
 *
 *   1. objects of fewer than `minObject` pixels become background;
 *   2. holes of at most `maxHole` pixels are filled: background that does not touch the border of the image and is enclosed
 *      by one class alone becomes that class;
 *   3. with `largestOnly` all objects of a class become background but the largest, of equals the first.
 *
 * An object is a component of pixels of one class, see `components`, so that no class changes another, and the order of
 * the classes does not matter.
 */
import { components } from './components.js';
import type { Image } from './image.js';
import { eachMeeting, gapsOf, maskOfRuns, type Runs, RunWriter, runsOf } from './runs.js';

/** What is done to a mask at the image's own size; a field that is left out does nothing. */
export interface Postprocessing {
  /** Objects of fewer pixels are removed; a whole number of at least 1. */
  readonly minObject?: number | undefined;
  /** Holes of so many pixels or fewer are filled; a whole number of at least 1. */
  readonly maxHole?: number | undefined;
  /** Whether only the largest object of each class is kept. */
  readonly largestOnly?: boolean | undefined;
}

/** What the fields of a `Postprocessing` hold, for errors. */
export const POSTPROCESSING_FORM = '{"minObject": PIXELS, "maxHole": PIXELS, "largestOnly": true or false}';

/** Whether a value is a `Postprocessing`, with no other fields. */
export function isPostprocessing(value: unknown): value is Postprocessing {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, field]) => {
    if (field === undefined) return true;
    if (name === 'largestOnly') return typeof field === 'boolean';
    return (name === 'minObject' || name === 'maxHole') && Number.isSafeInteger(field) && Number(field) >= 1;
  });
}

/**
 * Returns the mask as `postprocessing` leaves it: where that does nothing, the mask itself.
 * @param data where the pixels of the result go, which may be those of the mask. Default: new ones
 */
export function postprocess(
  mask: Image<Uint8Array>,
  postprocessing: Postprocessing,
  data?: Uint8Array,
): Image<Uint8Array> {
  const { minObject, maxHole, largestOnly } = postprocessing;
  if (minObject === undefined && maxHole === undefined && !largestOnly) return mask;
  return maskOfRuns(postprocessRuns(runsOf(mask), postprocessing), data);
}

/** Does what `postprocess` does, to the runs of a mask. */
export function postprocessRuns(runs: Runs, { minObject, maxHole, largestOnly }: Postprocessing): Runs {
  let result = runs;
  if (minObject !== undefined) result = withoutSmall(result, minObject);
  if (maxHole !== undefined) result = filled(result, maxHole);
  return largestOnly ? largestOf(result) : result;
}

function withoutSmall(runs: Runs, minObject: number): Runs {
  const { of, areas } = components(runs, 8);
  return kept(runs, (i) => areas[of[i]!]! >= minObject);
}

function largestOf(runs: Runs): Runs {
  const { count, of, areas, values } = components(runs, 8);
  const largest = new Map<number, number>();
  for (let c = 0; c < count; c++) {
    const best = largest.get(values[c]!);
    if (best === undefined || areas[c]! > areas[best]!) largest.set(values[c]!, c);
  }
  return kept(runs, (i) => largest.get(runs.values[i]!) === of[i]);
}

/** The runs for which `isKept` holds. */
function kept(runs: Runs, isKept: (i: number) => boolean): Runs {
  const { height, rows, starts, ends, values } = runs;
  const writer = new RunWriter(runs, values.length);
  for (let y = 0; y < height; y++) {
    for (let i = rows[y]!; i < rows[y + 1]!; i++) if (isKept(i)) writer.add(starts[i]!, ends[i]!, values[i]!);
    writer.endRow();
  }
  return writer.runs();
}

/** What encloses a region of the background, where it is not the one class whose number stands there. */
const NOTHING = 0;
const SEVERAL = -1;

function filled(runs: Runs, maxHole: number): Runs {
  const gaps = gapsOf(runs);
  const regions = components(gaps, 4);
  const enclosing = enclosingClasses(runs, gaps, regions.of, regions.count);
  const fillOf = (gap: number) => {
    const region = regions.of[gap]!;
    return regions.areas[region]! <= maxHole ? Math.max(NOTHING, enclosing[region]!) : NOTHING;
  };
  const writer = new RunWriter(runs, runs.values.length + gaps.values.length);
  for (let y = 0; y < runs.height; y++) {
    let i = runs.rows[y]!;
    let gap = gaps.rows[y]!;
    while (i < runs.rows[y + 1]! || gap < gaps.rows[y + 1]!) {
      const isGap = gap < gaps.rows[y + 1]! && (i === runs.rows[y + 1] || gaps.starts[gap]! < runs.starts[i]!);
      if (!isGap) {
        writer.add(runs.starts[i]!, runs.ends[i]!, runs.values[i]!);
        i++;
        continue;
      }
      const value = fillOf(gap);
      if (value !== NOTHING) writer.add(gaps.starts[gap]!, gaps.ends[gap]!, value);
      gap++;
    }
    writer.endRow();
  }
  return writer.runs();
}

/** The class of all neighbours of each region of the background; `SEVERAL` where it touches the border, too. */
function enclosingClasses(runs: Runs, gaps: Runs, of: Uint32Array, count: number): Int16Array {
  const enclosing = new Int16Array(count).fill(NOTHING);
  const meet = (gap: number, value: number) => {
    const region = of[gap]!;
    if (enclosing[region] === NOTHING) enclosing[region] = value;
    else if (enclosing[region] !== value) enclosing[region] = SEVERAL;
  };
  const { width, height } = gaps;
  for (let y = 0; y < height; y++) {
    for (let gap = gaps.rows[y]!; gap < gaps.rows[y + 1]!; gap++) {
      const atBorder = y === 0 || y === height - 1 || gaps.starts[gap] === 0 || gaps.ends[gap] === width;
      if (atBorder) meet(gap, SEVERAL);
    }
  }
  // To the sides, where one column more is in common, above and below.
  for (const options of [{ reach: 1 }, { shift: 1 }, { shift: -1 }]) {
    eachMeeting(gaps, runs, (gap, i) => meet(gap, runs.values[i]!), options);
  }
  return enclosing;
}
