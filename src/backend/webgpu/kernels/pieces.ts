/** Sums that are cut into pieces, so that there is work for a whole device, and added up in a fixed order. */
import type { Dispatch, Operand } from '../kernel.js';
import { shareOut, sumBlocks } from './columns.js';

/** Few enough that adding them up is nothing. */
const MOST_PIECES = 256;

/** The elements of all pieces together: as much memory as is worth it. */
const MOST_ELEMENTS = 1 << 23;

/** So many invocations keep a device busy. */
const ENOUGH = 1 << 16;

/**
 * Cuts `rows` rows into pieces. What it depends on is the geometry alone, so that a sum has the same bits each time.
 * @param invocations how many one piece has
 * @param elements how many elements its result has
 */
export function cut(rows: number, invocations: number, elements: number): Pieces {
  const held = Math.max(1, Math.floor(MOST_ELEMENTS / elements));
  const wanted = Math.min(rows, MOST_PIECES, Math.ceil(ENOUGH / invocations), held);
  const each = Math.ceil(rows / wanted);
  return { each, count: Math.ceil(rows / each) };
}

export interface Pieces {
  /** The rows of a piece; the last may have fewer. */
  readonly each: number;
  readonly count: number;
}

/** Adds up pieces of `length` elements. */
export function addPieces(pieces: Operand, count: number, length: number, sum: Operand): Dispatch {
  return sumBlocks(shareOut({ matrices: 1, pixels: count, channels: length }, 1), pieces, sum);
}
