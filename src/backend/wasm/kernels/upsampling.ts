/** Upsampling by 2, nearest and bilinear; see assembly/upsampling.ts. */
import type { UpsampleGeometry } from '../../../ops/upsampling.js';
import type { KernelsOf } from '../kernel.js';

type Bilinear<Extent extends number[]> = (
  ...sizes: [
    ...Extent,
    height: number,
    width: number,
    channels: number,
    alignCorners: boolean,
    from: number,
    to: number,
    workspace: number,
  ]
) => void;

export interface UpsamplingExports {
  nearest(rows: number, width: number, channels: number, x: number, y: number): void;
  nearestGrad(rows: number, width: number, channels: number, dy: number, dx: number): void;
  bilinear: Bilinear<[firstLine: number, lastLine: number]>;
  bilinearGrad: Bilinear<[batch: number]>;
}

export const upsampling: KernelsOf<'upsample2d' | 'upsample2dGrad', UpsamplingExports> = {
  upsample2d: {
    run(wasm, { geometry: g, inputs: [x], outputs: [y], workspace, range: { first, last } }) {
      const { height, width, channels, interpolation } = g;
      const line = 4 * width * channels;
      if (interpolation === 'nearest')
        wasm.nearest(last - first, width, channels, x! + first * line, y! + 4 * first * line);
      else wasm.bilinear(2 * first, 2 * last, height, width, channels, alignCorners(g), x!, y!, workspace);
    },
    units: (g) => g.batch * g.height,
    workspace: (g) => (g.interpolation === 'nearest' ? 0 : g.width * (g.channels + 4)),
  },
  upsample2dGrad: {
    run(wasm, { geometry: g, inputs: [dy], outputs: [dx], workspace }) {
      if (g.interpolation === 'nearest') wasm.nearestGrad(g.batch * g.height, g.width, g.channels, dy!, dx!);
      else wasm.bilinearGrad(g.batch, g.height, g.width, g.channels, alignCorners(g), dy!, dx!, workspace);
    },
    workspace: (g) => (g.interpolation === 'nearest' ? 0 : g.width * (2 * g.channels + 4) + 4),
  },
};

function alignCorners(g: UpsampleGeometry): boolean {
  return g.interpolation === 'bilinear-align-corners';
}
