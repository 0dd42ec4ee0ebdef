/** 2x2 transposed convolution with stride 2: every pixel becomes a block of four. */
import type { TransposedGeometry } from '../src/ops/transposed.js';
import type { Kernel } from './kernel.js';

/** (x, w, b) -> y: y[n,2i+p,2j+q,o] = b[o] + sum over c of x[n,i,j,c] w[p,q,c,o]. The blocks do not overlap. */
export const convTranspose2d: Kernel<TransposedGeometry> = (g, [x, w, b], [y]) => {
  forEachPair(g, (from, to, tap) => {
    for (let o = 0; o < g.outChannels; o++) {
      let sum = b[o];
      for (let c = 0; c < g.inChannels; c++) {
        sum += x[from * g.inChannels + c] * w[(tap * g.inChannels + c) * g.outChannels + o];
      }
      y[to * g.outChannels + o] = sum;
    }
  });
};

/** (dy, w) -> dx: dx[n,i,j,c] = sum over p, q, o of dy[n,2i+p,2j+q,o] w[p,q,c,o]. */
export const convTranspose2dGradInput: Kernel<TransposedGeometry> = (g, [dy, w], [dx]) => {
  const sums = new Float64Array(dx.length);
  forEachPair(g, (from, to, tap) => {
    for (let c = 0; c < g.inChannels; c++) {
      for (let o = 0; o < g.outChannels; o++) {
        sums[from * g.inChannels + c] += dy[to * g.outChannels + o] * w[(tap * g.inChannels + c) * g.outChannels + o];
      }
    }
  });
  dx.set(sums);
};

/** (x, dy) -> dw, db: dw[p,q,c,o] = sum over n, i, j of x[n,i,j,c] dy[n,2i+p,2j+q,o], db[o] = sum of dy. */
export const convTranspose2dGradWeight: Kernel<TransposedGeometry> = (g, [x, dy], [dw, db]) => {
  const weightSums = new Float64Array(dw.length);
  const biasSums = new Float64Array(db.length);
  forEachPair(g, (from, to, tap) => {
    for (let o = 0; o < g.outChannels; o++) {
      const slope = dy[to * g.outChannels + o];
      biasSums[o] += slope;
      for (let c = 0; c < g.inChannels; c++) {
        weightSums[(tap * g.inChannels + c) * g.outChannels + o] += x[from * g.inChannels + c] * slope;
      }
    }
  });
  dw.set(weightSums);
  db.set(biasSums);
};

/** Input pixel `from` makes output pixel `to` through the weights of tap `tap` = 2 p + q. */
function forEachPair(g: TransposedGeometry, visit: (from: number, to: number, tap: number) => void): void {
  for (let n = 0; n < g.batch; n++) {
    for (let i = 0; i < g.height; i++) {
      for (let j = 0; j < g.width; j++) {
        for (let p = 0; p < 2; p++) {
          for (let q = 0; q < 2; q++) {
            const from = (n * g.height + i) * g.width + j;
            const to = (n * 2 * g.height + 2 * i + p) * 2 * g.width + 2 * j + q;
            visit(from, to, 2 * p + q);
          }
        }
      }
    }
  }
}
