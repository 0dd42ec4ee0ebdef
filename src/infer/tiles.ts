/**
 * Images larger than what is computed at once: cut into tiles that overlap, whose predictions are put together again.
 *
 * A pixel that is `reachOf` or more away from every side of its tile at which the image goes on is predicted as in the
 * whole image, as tiles begin where pooling does in it. Neighbours overlap by twice that, and in the middle of the overlap
 * one takes over from the other: so every pixel is what the whole image would give, to the rounding of kernels that are
 * chosen by size. A network that `looksAtWhole` images, by its norm for example, takes a tile for the whole instead; no
 * overlap makes that exact, and the weights of neighbours then change slowly across it, so that no seam is left.
 */
import { chunks } from '../base/chunks.js';
import { InputError } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import type { Size } from '../image/frame.js';
import type { Window } from '../image/window.js';
import type { ModelConfig } from '../network/config.js';
import { looksAtWhole, reachOf } from '../network/reach.js';
import type { Prediction } from './prediction.js';
import { type AxisTile, tileAxis } from './tile-grid.js';

/**
 * How images that keep their own size are tiled: 'auto' where the whole would take more than `WHOLE_BYTES`; 'off' never;
 * or in tiles of so many pixels a side where they are larger.
 */
export type Tiling = 'auto' | 'off' | number;

/** The memory that computing an image as a whole takes at most by 'auto'. */
export const WHOLE_BYTES = 1024 * 2 ** 20;
/** The memory that computing the tiles of 'auto' takes at most. */
export const TILE_BYTES = 320 * 2 ** 20;
/** The longest side of a tile by 'auto': a row of tiles is held, too, and larger ones save little. */
const LONGEST = 1536;

/** How an image is tiled. */
export interface TilePlan {
  /** The size of every tile. */
  readonly tile: Size;
  /** How many tiles are computed at once. */
  readonly batch: number;
  /** The tiles by their rows, from left to right, with the position of each in the image. */
  readonly rows: readonly (readonly Tile[])[];
  /** How many tiles there are. */
  readonly count: number;
  /** Whether the network takes each tile for a whole image, see `looksAtWhole`, so that the result is not quite the same. */
  readonly approximate: boolean;
}

/** A tile; positions count from the image's first pixel and may lie outside, where the image is reflected. */
export interface Tile {
  readonly x: AxisTile;
  readonly y: AxisTile;
}

/** What is asked of a plan. */
export interface TileRequest {
  readonly config: ModelConfig;
  /** The level of the deepest head that is computed. */
  readonly level: number;
  readonly tiling: Tiling;
  /** How many tiles may be computed at once. */
  readonly batch: number;
  /** The bytes of memory that computing so many images of a size takes. */
  readonly bytesOf: (batch: number, size: Size) => number;
}

/**
 * Plans the tiles of an image.
 * @param image the size at which the network sees it
 * @returns undefined where it is computed as a whole
 * @throws InputError for tiles that are too small for the network
 */
export function planTiles(image: Size, request: TileRequest): TilePlan | undefined {
  const { config, level, tiling, bytesOf } = request;
  if (tiling === 'off') return undefined;
  const multiple = 2 ** level;
  const width = roundUp(image.width, multiple);
  const height = roundUp(image.height, multiple);
  const overlap = 2 * roundUp(reachOf(config, level), multiple);
  const least = overlap + multiple;
  if (tiling === 'auto' && bytesOf(1, { width, height }) <= WHOLE_BYTES) return undefined;
  if (tiling !== 'auto' && tiling < least) {
    throw new InputError(
      `tiles of ${tiling} pixels: this network sees ${reachOf(config, level)} pixels to each side of a pixel; take ${least} or more, better ${roundUp(3 * overlap, multiple)}`,
    );
  }
  const side = tiling === 'auto' ? largestSide(least, multiple, bytesOf) : roundUp(tiling, multiple);
  if (width <= side && height <= side) return undefined;
  const approximate = looksAtWhole(config);
  const rules = { side, overlap, multiple, blend: approximate };
  // As the whole image would be padded: evenly, the odd pixel right and below.
  const left = Math.floor((width - image.width) / 2);
  const top = Math.floor((height - image.height) / 2);
  const [columns, lines] = [tileAxis(width, rules), tileAxis(height, rules)];
  const xs = columns.tiles.map((tile) => within(tile, left, image.width));
  const rows = lines.tiles.map((tile) => xs.map((x) => ({ x, y: within(tile, top, image.height) })));
  const tile = { width: columns.side, height: lines.side };
  let batch = Math.min(request.batch, xs.length);
  while (batch > 1 && bytesOf(batch, tile) > TILE_BYTES) batch--;
  return { tile, batch, rows, count: xs.length * rows.length, approximate };
}

/** The largest side of a tile that is no longer than `LONGEST` and takes no more than `TILE_BYTES`; at least `least`. */
function largestSide(least: number, multiple: number, bytesOf: TileRequest['bytesOf']): number {
  const fits = (steps: number) => {
    const side = least + steps * multiple;
    return side <= LONGEST && bytesOf(1, { width: side, height: side }) <= TILE_BYTES;
  };
  let [low, high] = [0, 1];
  while (fits(high)) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return least + low * multiple;
}

/** An axis tile of a padded image in the positions of the image, of which nothing counts in the padding. */
function within({ start, from, to, weights }: AxisTile, padding: number, length: number): AxisTile {
  const [first, end] = [Math.max(from, padding), Math.min(to, padding + length)];
  return {
    start: start - padding,
    from: first - padding,
    to: end - padding,
    weights: weights.subarray(first - from, end - from),
  };
}

/** The window of the image that a tile is; it may hang over. */
export function windowOf({ x, y }: Tile, { tile: { width, height } }: TilePlan): Window {
  return { left: x.start, top: y.start, width, height };
}

/**
 * Computes an image by its tiles. What is held beside the results of a batch is a row of tiles.
 * @param compute gives for each output the predictions of tiles, at the size of a tile
 */
export async function* tiledBands(
  { width, height }: Size,
  { rows, batch }: TilePlan,
  compute: (tiles: readonly Tile[]) => Promise<readonly (readonly Prediction[])[]>,
): AsyncGenerator<Prediction[], void, void> {
  /** The rows of the image from `base` on that are not complete. */
  let sums: Prediction[] = [];
  let base = 0;
  for (const [r, row] of rows.entries()) {
    const { to } = row[0]!.y;
    for (const tiles of chunks(row, batch)) {
      const outputs = await compute(tiles);
      for (const [k, predictions] of outputs.entries()) {
        const { classes } = predictions[0]!;
        sums[k] = grown(sums[k], { width, height: to - base, classes });
        predictions.forEach((prediction, n) => {
          addTile(sums[k]!, base, prediction, tiles[n]!);
        });
      }
    }
    const next = rows[r + 1];
    const end = next ? next[0]!.y.from : height;
    yield sums.map((sum) => rowsOf(sum, 0, end - base));
    sums = sums.map((sum) => rowsOf(sum, end - base, sum.height));
    base = end;
  }
}

/** The sums with so many rows, those that are new 0. */
function grown(sum: Prediction | undefined, shape: Omit<Prediction, 'probs'>): Prediction {
  if (sum?.height === shape.height) return sum;
  const probs = new Float32Array(shape.width * shape.height * shape.classes);
  if (sum) probs.set(sum.probs);
  return { ...shape, probs };
}

function rowsOf({ width, classes, probs }: Prediction, from: number, to: number): Prediction {
  const length = width * classes;
  return { width, height: to - from, classes, probs: probs.slice(from * length, to * length) };
}

/** Adds what counts of a tile to sums that begin at row `base` of the image. */
function addTile(sum: Prediction, base: number, prediction: Prediction, { x, y }: Tile): void {
  const { classes } = sum;
  for (let v = y.from; v < y.to; v++) {
    const vertical = y.weights[v - y.from]!;
    let at = ((v - base) * sum.width + x.from) * classes;
    let from = ((v - y.start) * prediction.width + x.from - x.start) * classes;
    for (let u = x.from; u < x.to; u++) {
      const weight = vertical * x.weights[u - x.from]!;
      for (let c = 0; c < classes; c++, at++, from++) sum.probs[at]! += weight * prediction.probs[from]!;
    }
  }
}
