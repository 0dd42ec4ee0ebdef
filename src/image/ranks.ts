/** Values of an image by their rank, found without sorting it and without holding it: by counting, in one or two passes. */
import { invariant } from '../base/errors.js';
import type { Ascending } from '../base/statistics.js';
import type { ImageData } from './image.js';

/** The values of a half of 32 bits. */
const HALF = 2 ** 16;

/**
 * The values of an image in ascending order, of which those at some places can be looked at. The first pass counts how many
 * there are of each integer, or of each upper half of a float32; of floats a second pass counts the lower halves where the
 * places lie.
 */
export class Ranks implements Ascending {
  /** The number of the pass. */
  #pass = 0;
  #isFloat = false;
  #count = 0;
  readonly #upper = new Float64Array(HALF);
  /** What the second pass counts, by the upper half. */
  readonly #lower = new Map<number, Float64Array>();

  /** @param placesOf the places that will be looked at, 0 being that of the least of so many values */
  constructor(readonly placesOf: (count: number) => readonly number[]) {}

  get length(): number {
    return this.#count;
  }

  /** Begins a pass. @returns false where none is needed any more */
  begin(): boolean {
    this.#pass++;
    if (this.#pass === 2 && this.#isFloat) {
      const places = this.placesOf(this.#count);
      for (const place of places) this.#lower.set(placeIn(this.#upper, place).at, new Float64Array(HALF));
    }
    return this.#pass === 1 || (this.#pass === 2 && this.#isFloat);
  }

  /** Counts the next values of the image. */
  add(data: ImageData): void {
    const upper = this.#upper;
    if (this.#pass === 1) this.#count += data.length;
    if (!(data instanceof Float32Array)) {
      for (const value of data) upper[value]!++;
      return;
    }
    this.#isFloat = true;
    for (const bits of new Uint32Array(data.buffer, data.byteOffset, data.length)) {
      const key = ordered(bits);
      if (this.#pass === 1) {
        upper[key >>> 16]!++;
        continue;
      }
      const lower = this.#lower.get(key >>> 16);
      if (lower) lower[key & (HALF - 1)]!++;
    }
  }

  at(place: number): number {
    const { at, before } = placeIn(this.#upper, place);
    return this.#isFloat ? floatOf(at * HALF + placeIn(this.#lower.get(at)!, place - before).at) : at;
  }
}

/** Where in counts a place lies, and how many values stand before it there. */
function placeIn(counts: Float64Array, place: number): { readonly at: number; readonly before: number } {
  let before = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (place < before + count) return { at, before };
    before += count;
  }
  invariant(false, `ranks: place ${place} of ${before} values`);
}

/** The bits of a float32 as a whole number whose order is that of the values. */
function ordered(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

/** The float32 whose bits `ordered` has made into a whole number. */
function floatOf(key: number): number {
  const bits = key & 0x80000000 ? key & 0x7fffffff : ~key;
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}
