/**
 * Masks as runs: in each row the longest stretches of pixels of one value. The objects of a mask are found, measured and
 * changed by its runs, whose number grows with the outlines in it and not with its pixels.
 */
import type { Size } from './frame.js';
import type { Image } from './image.js';

/** Positions in a row. */
type Columns = Uint16Array | Uint32Array;

/** The runs of a mask, row by row and from left to right. */
export interface Runs extends Size {
  /** Which runs each row has: row y those from `rows[y]` up to `rows[y + 1]`. */
  readonly rows: Uint32Array;
  /** The column of the first pixel of each run. */
  readonly starts: Columns;
  /** The column behind the last pixel of each run. */
  readonly ends: Columns;
  /** The value of the pixels of each run. */
  readonly values: Uint8Array;
}

/** Writes down runs in their order; those of one value that touch in a row become one. */
export class RunWriter {
  readonly #size: Size;
  readonly #rows: Uint32Array;
  readonly #starts: Columns;
  readonly #ends: Columns;
  readonly #values: Uint8Array;
  #row = 0;
  #count = 0;

  /** @param most how many runs there may be */
  constructor({ width, height }: Size, most: number) {
    const columns = width < 2 ** 16 ? Uint16Array : Uint32Array;
    this.#size = { width, height };
    this.#rows = new Uint32Array(height + 1);
    this.#starts = new columns(most);
    this.#ends = new columns(most);
    this.#values = new Uint8Array(most);
  }

  add(start: number, end: number, value: number): void {
    const last = this.#count - 1;
    if (last >= this.#rows[this.#row]! && this.#ends[last] === start && this.#values[last] === value) {
      this.#ends[last] = end;
      return;
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#values[this.#count] = value;
    this.#count++;
  }

  endRow(): void {
    this.#rows[++this.#row] = this.#count;
  }

  /** The runs, once all rows have ended. */
  runs(): Runs {
    return {
      ...this.#size,
      rows: this.#rows,
      starts: this.#starts.slice(0, this.#count),
      ends: this.#ends.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
    };
  }
}

/** The runs of a mask whose value is not 0, which is the background. */
export function runsOf({ width, height, data }: Image<Uint8Array>): Runs {
  const writer = new RunWriter({ width, height }, height + changes(data));
  for (let y = 0, at = 0; y < height; y++, at += width) {
    for (let start = 0, end = 0; start < width; start = end) {
      const value = data[at + start]!;
      for (end = start + 1; end < width && data[at + end] === value; ) end++;
      if (value !== 0) writer.add(start, end, value);
    }
    writer.endRow();
  }
  return writer.runs();
}

/** How many pixels that are not 0 differ from the one before. */
function changes(data: Uint8Array): number {
  let count = 0;
  for (let i = 1; i < data.length; i++) if (data[i] !== 0 && data[i] !== data[i - 1]) count++;
  return count;
}

/**
 * The mask that has these runs, and is 0 elsewhere.
 * @param data the pixels of a mask that is no longer needed, which are written over. Default: new ones
 */
export function maskOfRuns(
  { width, height, rows, starts, ends, values }: Runs,
  data: Uint8Array = new Uint8Array(width * height),
): Image<Uint8Array> {
  data.fill(0);
  for (let y = 0; y < height; y++) {
    for (let i = rows[y]!; i < rows[y + 1]!; i++) data.fill(values[i]!, y * width + starts[i]!, y * width + ends[i]!);
  }
  return { width, height, channels: 1, data };
}

/** The runs of value 0 between those of a mask. */
export function gapsOf({ width, height, rows, starts, ends }: Runs): Runs {
  const writer = new RunWriter({ width, height }, starts.length + height);
  for (let y = 0; y < height; y++) {
    let from = 0;
    for (let i = rows[y]!; i < rows[y + 1]!; i++) {
      if (starts[i]! > from) writer.add(from, starts[i]!, 0);
      from = ends[i]!;
    }
    if (from < width) writer.add(from, width, 0);
    writer.endRow();
  }
  return writer.runs();
}

export interface MeetOptions {
  /** The row of `a` that meets the first row of `b`. Default: 0. */
  readonly shift?: number;
  /** How many columns may lie between the runs. Default: 0; they must have a column in common. */
  readonly reach?: number;
}

/**
 * Calls `visit` for each two runs, `i` of `a` and `j` of `b`, that lie in one row and have columns in common. With a shift
 * of 1, row y of `a` meets row y - 1 of `b`: so runs meet those above them.
 */
export function eachMeeting(
  a: Runs,
  b: Runs,
  visit: (i: number, j: number) => void,
  { shift = 0, reach = 0 }: MeetOptions = {},
): void {
  const bottom = Math.min(a.height, b.height + shift);
  for (let y = Math.max(0, shift); y < bottom; y++) {
    const end = b.rows[y - shift + 1]!;
    let from = b.rows[y - shift]!;
    for (let i = a.rows[y]!; i < a.rows[y + 1]!; i++) {
      const [left, right] = [a.starts[i]! - reach, a.ends[i]! + reach];
      while (from < end && b.ends[from]! <= left) from++;
      for (let j = from; j < end && b.starts[j]! < right; j++) visit(i, j);
    }
  }
}

/** How many columns run `i` of `a` and run `j` of `b` have in common, where they meet. */
export function commonPixels(a: Runs, i: number, b: Runs, j: number): number {
  return Math.min(a.ends[i]!, b.ends[j]!) - Math.max(a.starts[i]!, b.starts[j]!);
}
