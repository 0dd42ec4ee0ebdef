import type { KernelsOf } from './kernel.js';
import { piecesOf, spanOf } from './split.js';

export interface ConcatenationExports {
  copyChannels(rows: number, channels: number, x: number, xChannels: number, y: number, yChannels: number): void;
}

const FLOAT = 4;

export const concatenation: KernelsOf<'concat' | 'split', ConcatenationExports> = {
  concat: {
    run(wasm, { rows, sources, channels }, xs, [y], _workspace, _prepared, part) {
      const { at, count } = spanOf(part, rows);
      let to = y! + FLOAT * at * channels;
      sources.forEach((width, k) => {
        wasm.copyChannels(count, width, xs[k]! + FLOAT * at * width, width, to, channels);
        to += FLOAT * width;
      });
    },
    pieces: (g) => piecesOf(g.rows),
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
