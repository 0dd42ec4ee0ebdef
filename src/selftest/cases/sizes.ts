/**
 * Vectors have 4 lanes and tiles 8 channels: sizes are below, at and above these numbers, and some cases are large
 * enough for several blocks.
 */

/** Channels. */
export const LANES = [1, 3, 4, 5, 8, 9, 17];

/** Elements of a vector. */
export const LENGTHS = [1, 3, 4, 5, 17, 1000];

export type Image = readonly [batch: number, height: number, width: number];

/** What losses are tested on. */
export const segmented: Image[] = [
  [1, 1, 1],
  [2, 6, 6],
  [3, 5, 7],
  [2, 33, 20],
];
