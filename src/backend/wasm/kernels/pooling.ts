/** 2x2 max pooling with stride 2; see assembly/pooling.ts. */
import type { KernelsOf } from '../kernel.js';

export interface PoolingExports {
  maxPool2d(rows: number, width: number, channels: number, x: number, y: number): void;
  maxPool2dGrad(rows: number, width: number, channels: number, x: number, dy: number, dx: number): void;
}

export const pooling: KernelsOf<'maxPool2d' | 'maxPool2dGrad', PoolingExports> = {
  maxPool2d: {
    run(wasm, { geometry: { width, channels }, inputs: [x], outputs: [y], range: { first, last } }) {
      const line = 4 * width * channels;
      wasm.maxPool2d(last - first, width, channels, x! + 4 * first * line, y! + first * line);
    },
    units: (g) => g.batch * g.height,
  },
  maxPool2dGrad: {
    run: (wasm, { geometry: g, inputs: [x, dy], outputs: [dx] }) =>
      wasm.maxPool2dGrad(g.batch * g.height, g.width, g.channels, x!, dy!, dx!),
  },
};
