/**
 * The sizes of the register tiles. V8 on x64 has 15 vector registers to give and moves all loads of a step to its
 * front: accumulators, everything loaded and one product must fit, or every step spills to memory. 4 x 8 makes
 * 8 + 4 + 2 + 1. (5 x 8 does fewer loads for the work but spills: 36 instead of 46 GFLOP/s.)
 */

/** Pixels of a dot-product tile. */
export const PIXELS: i32 = 4;

/** Output channels of a tile, two vectors of four. */
export const CHANNELS: i32 = 8;

/** Input channels of an outer-product tile. */
export const ROWS: i32 = 4;

/** Bytes of a vector of four float32. */
export const VECTOR: usize = 16;

/** Bytes of the sums of a tile of PIXELS x CHANNELS, which are stored whole before those that are wanted are taken. */
export const TILE_BYTES: usize = 128;

/**
 * Whether tiles of 4 x 16 are used where they fit: for engines that fuse pairs of vectors to 256 bits (V8's
 * vectoriser), where 16 accumulators are 8. Elsewhere they spill. Sums run in the same order: the same bits.
 */
export const WIDE: bool = isDefined(WIDE_TILES);

/**
 * Columns of the panel that holds `column` of a packed matrix of `columns`: a wide tile reads its 16 columns of a row
 * from one stream, and the columns that fill no wide tile have panels of CHANNELS.
 */
export function panelWidth(column: i32, columns: i32): i32 {
  const wide = 2 * CHANNELS;
  return WIDE && (column & -wide) + wide <= columns ? wide : CHANNELS;
}
