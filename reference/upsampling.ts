/** Upsampling by 2, nearest or bilinear, as a sum of weighted input pixels. */
import type { Interpolation, UpsampleGeometry } from '../src/ops/upsampling.js';
import type { Kernel } from './kernel.js';

/** (x) -> y: every output pixel is a weighted mean of up to four input pixels. */
export const upsample2d: Kernel<UpsampleGeometry> = (g, [x], [y]) => {
  const sums = new Float64Array(y.length);
  forEachTerm(g, (from, to, weight) => {
    sums[to] += weight * x[from];
  });
  y.set(sums);
};

/** (dy) -> dx: the transpose, with the same weights. */
export const upsample2dGrad: Kernel<UpsampleGeometry> = (g, [dy], [dx]) => {
  const sums = new Float64Array(dx.length);
  forEachTerm(g, (from, to, weight) => {
    sums[from] += weight * dy[to];
  });
  dx.set(sums);
};

/** An input position and its weight. */
interface Tap {
  readonly at: number;
  readonly weight: number;
}

/** The input positions that output position `o` reads along an axis of `size` of them. */
function taps(interpolation: Interpolation, o: number, size: number): Tap[] {
  if (interpolation === 'nearest') return [{ at: Math.floor(o / 2), weight: 1 }];
  const position =
    interpolation === 'bilinear'
      ? // Pixel centres lie at half-integers; the first centre's value extends to the edge.
        Math.max((o + 0.5) / 2 - 0.5, 0)
      : // The first and the last centres of input and output coincide.
        (o * (size - 1)) / (2 * size - 1);
  const before = Math.floor(position);
  const fraction = position - before;
  return [
    { at: before, weight: 1 - fraction },
    { at: Math.min(before + 1, size - 1), weight: fraction },
  ];
}

/** Output element `to` contains `weight` times input element `from`. */
function forEachTerm(g: UpsampleGeometry, visit: (from: number, to: number, weight: number) => void): void {
  let to = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let oy = 0; oy < 2 * g.height; oy++) {
      for (let ox = 0; ox < 2 * g.width; ox++) {
        for (const row of taps(g.interpolation, oy, g.height)) {
          for (const column of taps(g.interpolation, ox, g.width)) {
            const from = ((n * g.height + row.at) * g.width + column.at) * g.channels;
            for (let c = 0; c < g.channels; c++) visit(from + c, to + c, row.weight * column.weight);
          }
        }
        to += g.channels;
      }
    }
  }
}
