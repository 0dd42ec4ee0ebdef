import type { KernelsOf } from './kernel.js';

export interface ArithmeticExports {
  scale(length: number, a: number, u: number, y: number): void;
  weightedSum(length: number, a: number, u: number, b: number, v: number, y: number): void;
}

export const arithmetic: KernelsOf<'weightedSum', ArithmeticExports> = {
  weightedSum: {
    run(wasm, { length, weights }, xs, [y]) {
      if (xs.length === 1) {
        wasm.scale(length, xs[0]!, weights[0]!, y!);
        return;
      }
      wasm.weightedSum(length, xs[0]!, weights[0]!, xs[1]!, weights[1]!, y!);
      for (let k = 2; k < xs.length; k++) wasm.weightedSum(length, y!, 1, xs[k]!, weights[k]!, y!);
    },
  },
};
