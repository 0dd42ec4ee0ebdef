import type { KernelsOf } from './kernel.js';

export interface ConcatenationExports {
  copyChannels(rows: number, channels: number, x: number, xChannels: number, y: number, yChannels: number): void;
}

const FLOAT = 4;

export const concatenation: KernelsOf<'concat' | 'split', ConcatenationExports> = {
  concat: {
    run(wasm, { rows, sources, channels }, xs, [y]) {
      let part = y!;
      sources.forEach((count, k) => {
        wasm.copyChannels(rows, count, xs[k]!, count, part, channels);
        part += FLOAT * count;
      });
    },
  },
  split: {
    run(wasm, { rows, sources, channels }, [y], xs) {
      let part = y!;
      sources.forEach((count, k) => {
        wasm.copyChannels(rows, count, part, channels, xs[k]!, count);
        part += FLOAT * count;
      });
    },
  },
};
