import type { KernelsOf } from './kernel.js';

export interface OptimizerExports {
  sgd(
    length: number,
    momentum: number,
    weightDecay: number,
    p: number,
    g: number,
    v: number,
    rate: number,
    pNew: number,
    vNew: number,
  ): void;
  adam(
    length: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    weightDecay: number,
    decoupled: boolean,
    p: number,
    g: number,
    m: number,
    v: number,
    rates: number,
    pNew: number,
    mNew: number,
    vNew: number,
  ): void;
}

export const optimizer: KernelsOf<'sgd' | 'adam', OptimizerExports> = {
  sgd: {
    run: (wasm, { length, momentum, weightDecay }, [p, g, v, rate], [pNew, vNew]) =>
      wasm.sgd(length, momentum, weightDecay, p!, g!, v!, rate!, pNew!, vNew!),
  },
  adam: {
    run(wasm, options, [p, g, m, v, rates], [pNew, mNew, vNew]) {
      const { length, beta1, beta2, epsilon, weightDecay, decoupled } = options;
      wasm.adam(length, beta1, beta2, epsilon, weightDecay, decoupled, p!, g!, m!, v!, rates!, pNew!, mNew!, vNew!);
    },
  },
};
