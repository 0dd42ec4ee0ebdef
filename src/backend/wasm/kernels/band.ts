/** How the convolution kernels cut an activation into bands that fit the caches, and how long their buffers are. */

/** Elements of a packed band: 512 KB, half of a common second-level cache. */
const BAND_LENGTH = 128 * 1024;

/** Pixels of a band of a weight gradient: each operand's block of a tile then stays in the first-level cache. */
const OUTER_PIXELS = 1024;

/** The rows that are packed and computed at a time. */
export interface Band {
  readonly images: number;
  readonly rows: number;
  readonly pixels: number;
}

/**
 * Some rows of one image, or several whole images: as many as fit.
 *
 * @param rowLength elements of one row
 * @param halo rows above and below that are packed along
 */
export function dotBand(batch: number, height: number, width: number, rowLength: number, halo: number): Band {
  return band(batch, height, width, Math.floor(BAND_LENGTH / rowLength) - 2 * halo, halo);
}

/** The band of a weight gradient. */
export function outerBand(batch: number, height: number, width: number): Band {
  return band(batch, height, width, Math.floor(OUTER_PIXELS / width), 0);
}

function band(batch: number, height: number, width: number, rowsThatFit: number, halo: number): Band {
  const rows = Math.max(1, Math.min(height, rowsThatFit));
  const fit = Math.floor((rowsThatFit + 2 * halo) / (height + 2 * halo));
  const images = rows === height ? Math.max(1, Math.min(batch, fit)) : 1;
  return { images, rows, pixels: images * rows * width };
}

/**
 * Words of a tile's sums (TILE_BYTES in assembly/tiles.ts) and of the table of pixel offsets: two for each pixel, rounded
 * up to whole tiles.
 */
export function tableLength(pixels: number): number {
  return 32 + 2 * (pixels + 3);
}

/** Elements of the packed panels of a matrix: 8 columns each, one row for the bias. */
export function panelsLength(rows: number, columns: number): number {
  return Math.ceil(columns / 8) * 8 * (1 + rows);
}
