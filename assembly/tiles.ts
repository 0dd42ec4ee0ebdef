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

/** Bytes of the largest tile, 4 x 16: its sums are stored here, whole and in pairs that V8's vectoriser can fuse, and taken on from here. */
export const TILE_BYTES: usize = 256;

/**
 * Whether tiles of 4 x 16 are used where they fit: for engines that fuse pairs of vectors to 256 bits (V8's
 * vectoriser), where 16 accumulators are 8. Elsewhere they spill. Sums run in the same order: the same bits.
 */
export const WIDE: bool = isDefined(WIDE_TILES);
