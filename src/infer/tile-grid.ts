/** Where the tiles of an image lie, and what each of them counts for: a pure function of a few lengths. */

/** The tiles of one row, or of one column: where they begin, and the weight of each pixel along this axis. */
export interface TileAxis {
  /** The length of every tile in pixels. */
  readonly side: number;
  readonly tiles: readonly AxisTile[];
}

export interface AxisTile {
  /** The position of the tile's first pixel. */
  readonly start: number;
  /** The positions of the first pixel that counts, and behind the last one. */
  readonly from: number;
  readonly to: number;
  /** The weights of the pixels `from` to `to`, above 0; those of all tiles of a pixel sum to 1. */
  readonly weights: Float64Array;
}

export interface TileRules {
  /** The length of a tile at most, a multiple of `multiple`, larger than `overlap`. */
  readonly side: number;
  /** How many pixels neighbours have in common at least, a multiple of twice `multiple`. */
  readonly overlap: number;
  /** Tiles begin at multiples of it: 2^level, so that pooling cuts a tile where it cuts the image. */
  readonly multiple: number;
  /** Whether the weights of neighbours change slowly across the overlap, or all at once in its middle. */
  readonly blend: boolean;
}

/**
 * Lays tiles of one length over an axis, as few as will do and evenly.
 * @param length the length of the image, a multiple of `multiple`
 */
export function tileAxis(length: number, rules: TileRules): TileAxis {
  const { overlap, multiple, blend } = rules;
  const side = Math.min(rules.side, length);
  const count = length > side ? Math.ceil((length - overlap) / (side - overlap)) : 1;
  const step = (length - side) / Math.max(1, count - 1);
  const starts = Array.from({ length: count }, (_, k) => Math.floor((k * step) / multiple) * multiple);
  // Between neighbours, what counts passes from one to the other around the middle of what they have in common.
  const middles = starts.slice(1).map((start, k) => (start + starts[k]! + side) / 2);
  const room = Math.min(overlap, ...middles.slice(1).map((middle, k) => middle - middles[k]!));
  const ramp = blend ? 2 * Math.floor(room / 2) : 0;
  const rising = (x: number, middle: number | undefined) => {
    if (middle === undefined) return 1;
    return ramp === 0 ? Number(x >= middle) : Math.min(1, Math.max(0, (x + 0.5 - middle) / ramp + 0.5));
  };
  const tiles = starts.map((start, k): AxisTile => {
    const [before, after] = [middles[k - 1], middles[k]];
    const from = before === undefined ? start : before - ramp / 2;
    const to = after === undefined ? start + side : after + ramp / 2;
    const falling = (x: number) => (after === undefined ? 1 : 1 - rising(x, after));
    const weights = Float64Array.from({ length: to - from }, (_, i) => rising(from + i, before) * falling(from + i));
    return { start, from, to, weights };
  });
  return { side, tiles };
}
