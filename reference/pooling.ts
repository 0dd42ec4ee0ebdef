/** 2x2 max pooling with stride 2. */
import type { PoolGeometry } from '../src/ops/pooling.js';
import type { Kernel, Values } from './kernel.js';

/** (x) -> y: the largest of each 2x2 window. */
export const maxPool2d: Kernel<PoolGeometry> = (g, [x], [y]) => {
  forEachWindow(g, x, (i, largest) => {
    y[i] = x[largest];
  });
};

/** (x, dy) -> dx: dy where the window has its maximum, 0 elsewhere. */
export const maxPool2dGrad: Kernel<PoolGeometry> = (g, [x, dy], [dx]) => {
  dx.fill(0);
  forEachWindow(g, x, (i, largest) => {
    dx[largest] = dy[i];
  });
};

/** Output element `i` is the maximum of a window of x, and element `largest` of x is the first that holds it. */
function forEachWindow(g: PoolGeometry, x: Values, visit: (i: number, largest: number) => void): void {
  const row = 2 * g.width * g.channels;
  let i = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let oy = 0; oy < g.height; oy++) {
      for (let ox = 0; ox < g.width; ox++) {
        for (let c = 0; c < g.channels; c++) {
          const topLeft = (n * 2 * g.height + 2 * oy) * row + 2 * ox * g.channels + c;
          let largest = topLeft;
          for (const other of [topLeft + g.channels, topLeft + row, topLeft + row + g.channels]) {
            if (x[other] > x[largest]) largest = other;
          }
          visit(i++, largest);
        }
      }
    }
  }
}
