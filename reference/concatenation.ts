/** Concatenation along the channels, and the split that undoes it. */
import type { ConcatGeometry } from '../src/ops/concatenation.js';
import type { Kernel, Values } from './kernel.js';

/** (x...) -> y: each pixel of y is the pixel of x0, then that of x1, ... */
export const concat: Kernel<ConcatGeometry> = (g, xs, [y]) => {
  forEachPair(g, (part, i, whole) => {
    y[whole] = xs[part][i];
  });
};

/** (y) -> x...: the inverse. */
export const split: Kernel<ConcatGeometry> = (g, [y], xs: readonly Values[]) => {
  forEachPair(g, (part, i, whole) => {
    xs[part][i] = y[whole];
  });
};

/** Element `i` of part `part` is element `whole` of the concatenation. */
function forEachPair(g: ConcatGeometry, visit: (part: number, i: number, whole: number) => void): void {
  for (let row = 0; row < g.rows; row++) {
    let whole = row * g.channels;
    for (const [part, channels] of g.sources.entries()) {
      for (let c = 0; c < channels; c++) visit(part, row * channels + c, whole++);
    }
  }
}
