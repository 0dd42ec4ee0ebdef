/** Concatenation along the channels and its inverse: strided copies; see assembly/concatenation.ts. */
import type { KernelsOf } from '../kernel.js';
import { spanOf, unitsOf } from './units.js';

export interface ConcatenationExports {
  copyChannels(rows: number, channels: number, x: number, xChannels: number, y: number, yChannels: number): void;
}

const FLOAT = 4;

export const concatenation: KernelsOf<'concat' | 'split', ConcatenationExports> = {
  concat: {
    run(wasm, { geometry: { rows, sources, channels }, inputs: xs, outputs: [y], range }) {
      const { at, count } = spanOf(range, rows);
      let to = y! + FLOAT * at * channels;
      sources.forEach((width, k) => {
        wasm.copyChannels(count, width, xs[k]! + FLOAT * at * width, width, to, channels);
        to += FLOAT * width;
      });
    },
    units: (g) => unitsOf(g.rows),
  },
  split: {
    run(wasm, { geometry: { rows, sources, channels }, inputs: [y], outputs: xs }) {
      let from = y!;
      sources.forEach((width, k) => {
        wasm.copyChannels(rows, width, from, channels, xs[k]!, width);
        from += FLOAT * width;
      });
    },
  },
};
