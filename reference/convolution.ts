/** 3x3 and 1x1 'same' convolution of several inputs side by side, and its gradients. */
import type { ConvGeometry } from '../src/ops/convolution.js';
import { concat, split } from './concatenation.js';
import type { Kernel, Values } from './kernel.js';

/**
 * (x..., w, b) -> y, or max(y, 0) with `relu`, where x is all inputs side by side:
 * y[n,i,j,o] = b[o] + sum over p, q, c of x[n,i+p-r,j+q-r,c] w[p,q,c,o], r = (kernel - 1) / 2, x = 0 outside the image.
 */
export const conv2d: Kernel<ConvGeometry> = (g, inputs, [y]) => {
  const x = sideBySide(g, inputs.slice(0, -2));
  const w = inputs.at(-2)!;
  const b = inputs.at(-1)!;
  const r = (g.kernel - 1) / 2;
  for (let n = 0; n < g.batch; n++) {
    for (let i = 0; i < g.height; i++) {
      for (let j = 0; j < g.width; j++) {
        for (let o = 0; o < g.outChannels; o++) {
          let sum = b[o];
          for (let p = 0; p < g.kernel; p++) {
            for (let q = 0; q < g.kernel; q++) {
              if (!inside(g, i + p - r, j + q - r)) continue;
              const pixel = pixelAt(g, n, i + p - r, j + q - r) * g.inChannels;
              const tap = (p * g.kernel + q) * g.inChannels;
              for (let c = 0; c < g.inChannels; c++) sum += x[pixel + c] * w[(tap + c) * g.outChannels + o];
            }
          }
          y[pixelAt(g, n, i, j) * g.outChannels + o] = g.relu ? Math.max(sum, 0) : sum;
        }
      }
    }
  }
};

/** (dy, w) -> dx...: dx[n,i,j,c] = sum over p, q, o of dy[n,i-p+r,j-q+r,o] w[p,q,c,o]. */
export const conv2dGradInput: Kernel<ConvGeometry> = (g, [dy, w], dxs) => {
  const dx = new Float64Array(g.batch * g.height * g.width * g.inChannels);
  const r = (g.kernel - 1) / 2;
  for (let n = 0; n < g.batch; n++) {
    for (let i = 0; i < g.height; i++) {
      for (let j = 0; j < g.width; j++) {
        for (let c = 0; c < g.inChannels; c++) {
          let sum = 0;
          for (let p = 0; p < g.kernel; p++) {
            for (let q = 0; q < g.kernel; q++) {
              if (!inside(g, i - p + r, j - q + r)) continue;
              const pixel = pixelAt(g, n, i - p + r, j - q + r) * g.outChannels;
              const row = ((p * g.kernel + q) * g.inChannels + c) * g.outChannels;
              for (let o = 0; o < g.outChannels; o++) sum += dy[pixel + o] * w[row + o];
            }
          }
          dx[pixelAt(g, n, i, j) * g.inChannels + c] = sum;
        }
      }
    }
  }
  split(asConcatenation(g), [dx], dxs);
};

/** (x..., dy) -> dw, db: dw[p,q,c,o] = sum over n, i, j of x[n,i+p-r,j+q-r,c] dy[n,i,j,o], db[o] = sum of dy[n,i,j,o]. */
export const conv2dGradWeight: Kernel<ConvGeometry> = (g, inputs, [dw, db]) => {
  const x = sideBySide(g, inputs.slice(0, -1));
  const dy = inputs.at(-1)!;
  const r = (g.kernel - 1) / 2;
  for (let p = 0; p < g.kernel; p++) {
    for (let q = 0; q < g.kernel; q++) {
      for (let c = 0; c < g.inChannels; c++) {
        for (let o = 0; o < g.outChannels; o++) {
          let sum = 0;
          for (let n = 0; n < g.batch; n++) {
            for (let i = 0; i < g.height; i++) {
              for (let j = 0; j < g.width; j++) {
                if (!inside(g, i + p - r, j + q - r)) continue;
                const pixel = pixelAt(g, n, i + p - r, j + q - r);
                sum += x[pixel * g.inChannels + c] * dy[pixelAt(g, n, i, j) * g.outChannels + o];
              }
            }
          }
          dw[((p * g.kernel + q) * g.inChannels + c) * g.outChannels + o] = sum;
        }
      }
    }
  }
  for (let o = 0; o < g.outChannels; o++) {
    let sum = 0;
    for (let at = o; at < dy.length; at += g.outChannels) sum += dy[at];
    db[o] = sum;
  }
};

/** The inputs as the one tensor [N,H,W,C] that the convolution means. Fast kernels read them where they are. */
function sideBySide(g: ConvGeometry, xs: readonly Values[]): Values {
  if (xs.length === 1) return xs[0];
  const x = new Float64Array(g.batch * g.height * g.width * g.inChannels);
  concat(asConcatenation(g), xs, [x]);
  return x;
}

const asConcatenation = (g: ConvGeometry) => ({
  rows: g.batch * g.height * g.width,
  sources: g.sources,
  channels: g.inChannels,
});

const inside = (g: ConvGeometry, i: number, j: number): boolean => i >= 0 && i < g.height && j >= 0 && j < g.width;

const pixelAt = (g: ConvGeometry, n: number, i: number, j: number): number => (n * g.height + i) * g.width + j;
