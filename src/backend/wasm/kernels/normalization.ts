/** Moments and normalisation by them, for batch, group and instance norm; see assembly/normalization.ts. */
import type { NormGeometry } from '../../../ops/normalization.js';
import type { KernelsOf } from '../kernel.js';
import { spanOf, unitsOf } from './units.js';

/** The sets of pixels that have statistics in common, and their sizes. */
type Sizes = [sets: number, pixels: number, channels: number, groups: number, repeat: number];

export interface NormalizationExports {
  moments(...args: [...Sizes, x: number, mean: number, variance: number, workspace: number]): void;
  momentsGrad(
    ...args: [...Sizes, x: number, mean: number, dmean: number, dvariance: number, dx: number, workspace: number]
  ): void;
  normalize(
    ...args: [
      ...Sizes,
      epsilon: number,
      x: number,
      mean: number,
      variance: number,
      gamma: number,
      beta: number,
      y: number,
      workspace: number,
    ]
  ): void;
  normalizeGrad(
    ...args: [
      ...Sizes,
      epsilon: number,
      dy: number,
      x: number,
      mean: number,
      variance: number,
      gamma: number,
      dx: number,
      dmean: number,
      dvariance: number,
      dgamma: number,
      dbeta: number,
      workspace: number,
    ]
  ): void;
}

type Ops = 'moments' | 'momentsGrad' | 'normalize' | 'normalizeGrad';

function sizes(g: NormGeometry): Sizes {
  const sets = g.perImage ? g.batch : 1;
  return [sets, (g.batch / sets) * g.positions, g.channels, g.groups, repeat(g.channels)];
}

/** Pixels that the kernels take as one row, so that its elements are a multiple of 8. */
function repeat(channels: number): number {
  return [1, 2, 4].find((count) => (count * channels) % 8 === 0) ?? 8;
}

const width = (g: NormGeometry): number => repeat(g.channels) * g.channels;

export const normalization: KernelsOf<Ops, NormalizationExports> = {
  moments: {
    run: (wasm, { geometry: g, inputs: [x], outputs: [mean, variance], workspace }) =>
      wasm.moments(...sizes(g), x!, mean!, variance!, workspace),
    workspace: (g) => 3 * width(g),
  },
  momentsGrad: {
    run: (wasm, { geometry: g, inputs: [x, mean, dmean, dvariance], outputs: [dx], workspace }) =>
      wasm.momentsGrad(...sizes(g), x!, mean!, dmean!, dvariance!, dx!, workspace),
    workspace: (g) => 3 * width(g),
  },
  normalize: {
    run(wasm, { geometry: g, inputs: [x, mean, variance, gamma, beta], outputs: [y], workspace, range }) {
      const [sets, pixels, channels, groups, repeat] = sizes(g);
      const { at, count } = spanOf(range, sets * pixels);
      // A range may begin in one set and end in another: each has statistics of its own.
      for (let pixel = at; pixel < at + count; ) {
        const set = Math.floor(pixel / pixels);
        const length = Math.min(at + count, (set + 1) * pixels) - pixel;
        const [offset, statistics] = [4 * pixel * channels, 4 * set * groups];
        const own = [x! + offset, mean! + statistics, variance! + statistics] as const;
        wasm.normalize(1, length, channels, groups, repeat, g.epsilon, ...own, gamma!, beta!, y! + offset, workspace);
        pixel += length;
      }
    },
    workspace: (g) => 3 * width(g),
    units: (g) => unitsOf(g.batch * g.positions),
  },
  normalizeGrad: {
    run(wasm, { geometry: g, inputs, outputs, workspace }) {
      const [dy, x, mean, variance, gamma] = inputs;
      const [dx, dmean, dvariance, dgamma, dbeta] = outputs;
      const read = [dy!, x!, mean!, variance!, gamma!] as const;
      const written = [dx!, dmean!, dvariance!, dgamma!, dbeta!] as const;
      wasm.normalizeGrad(...sizes(g), g.epsilon, ...read, ...written, workspace);
    },
    workspace: (g) => 6 * width(g) + 4 * g.channels,
  },
};
