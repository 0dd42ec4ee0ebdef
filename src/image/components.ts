/**
 * The connected components of a mask. Objects are connected across corners (8 neighbours) and the background, with the
 * holes in it, along sides alone (4 neighbours): the usual pair of digital topology, by which a closed outline one pixel
 * thick divides inside from outside (A. Rosenfeld, "Connectivity in Digital Pictures", Journal of the ACM 17, 1970).
 */
import type { Size } from './frame.js';
import { eachMeeting, type Runs } from './runs.js';

/** The components of a mask, numbered from 0 in the raster order of their first pixels. */
export interface Components {
  readonly count: number;
  /** The component of each run. */
  readonly of: Uint32Array;
  /** The pixels of each component. */
  readonly areas: Uint32Array;
  /** The value of each component. */
  readonly values: Uint8Array;
}

/** The smallest rectangle that holds a component; `left` and `top` are the position of its first pixel. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Finds the components of runs: neighbours of one value belong together. */
export function components(runs: Runs, connectivity: 4 | 8): Components {
  const { starts, ends, values } = runs;
  const of = linked(runs, connectivity === 8 ? 1 : 0);
  let count = 0;
  // Runs point at earlier ones, so that what they point at has its number already.
  for (let i = 0; i < of.length; i++) of[i] = of[i] === i ? count++ : of[of[i]!]!;
  const components = { count, of, areas: new Uint32Array(count), values: new Uint8Array(count) };
  for (let i = 0; i < of.length; i++) {
    components.areas[of[i]!]! += ends[i]! - starts[i]!;
    components.values[of[i]!] = values[i]!;
  }
  return components;
}

/** The box around each component of runs. */
export function boxesOf({ height, rows, starts, ends }: Runs, { count, of }: Components): Box[] {
  const boxes = Array.from({ length: count }, () => ({ left: Infinity, right: 0, top: Infinity, bottom: 0 }));
  for (let y = 0; y < height; y++) {
    for (let i = rows[y]!; i < rows[y + 1]!; i++) {
      const box = boxes[of[i]!]!;
      box.left = Math.min(box.left, starts[i]!);
      box.right = Math.max(box.right, ends[i]!);
      box.top = Math.min(box.top, y);
      box.bottom = y + 1;
    }
  }
  return boxes.map(({ left, right, top, bottom }) => ({ left, top, width: right - left, height: bottom - top }));
}

/**
 * Links the runs of each component: union-find in which every run points at an earlier one, and the first at itself.
 * @param reach how many columns may lie between neighbours of two rows: 1 across corners
 */
function linked(runs: Runs, reach: number): Uint32Array {
  const { values } = runs;
  const parents = Uint32Array.from(values, (_, i) => i);
  const first = (run: number) => {
    let at = run;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  const link = (i: number, j: number) => {
    if (values[i] !== values[j]) return;
    const [one, other] = [first(i), first(j)];
    parents[Math.max(one, other)] = Math.min(one, other);
  };
  eachMeeting(runs, runs, link, { shift: 1, reach });
  return parents;
}
