/** Weighted sums, two terms at a time; see assembly/arithmetic.ts. */
import type { KernelsOf } from '../kernel.js';
import { spanOf, unitsOf } from './units.js';

export interface ArithmeticExports {
  scale(length: number, a: number, u: number, y: number): void;
  weightedSum(length: number, a: number, u: number, b: number, v: number, y: number): void;
}

export const arithmetic: KernelsOf<'weightedSum', ArithmeticExports> = {
  weightedSum: {
    run(wasm, { geometry: { length, weights }, inputs, outputs, range }) {
      const { at, count } = spanOf(range, length);
      const xs = inputs.map((x) => x + 4 * at);
      const y = outputs[0]! + 4 * at;
      if (xs.length === 1) {
        wasm.scale(count, xs[0]!, weights[0]!, y);
        return;
      }
      wasm.weightedSum(count, xs[0]!, weights[0]!, xs[1]!, weights[1]!, y);
      for (let k = 2; k < xs.length; k++) wasm.weightedSum(count, y, 1, xs[k]!, weights[k]!, y);
    },
    units: (g) => unitsOf(g.length),
  },
};
