/** Dropout: the mask is drawn from the key of each image while the kernel runs; see assembly/dropout.ts. */
import type { KernelsOf } from '../kernel.js';

export interface DropoutExports {
  dropout(
    batch: number,
    length: number,
    threshold: number,
    salt: number,
    scale: number,
    x: number,
    keys: number,
    y: number,
  ): void;
}

export const dropout: KernelsOf<'dropout', DropoutExports> = {
  dropout: {
    run(wasm, { geometry: { batch, length, rate, salt }, inputs: [x, keys], outputs: [y] }) {
      // a whole word is below rate 2^32 exactly if it is below the next whole number
      const threshold = Math.ceil(rate * 2 ** 32);
      wasm.dropout(batch, length, threshold, salt, 1 / (1 - rate), x!, keys!, y!);
    },
  },
};
