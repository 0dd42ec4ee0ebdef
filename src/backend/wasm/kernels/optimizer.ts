/** Parameter updates, norms of gradients and what they clip, and interpolation; see assembly/optimizer.ts. */
import type { KernelsOf } from '../kernel.js';
import { spanOf, unitsOf } from './units.js';

export interface OptimizerExports {
  sgd(
    length: number,
    momentum: number,
    weightDecay: number,
    p: number,
    g: number,
    v: number,
    rates: number,
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
  norm(length: number, x: number, y: number): void;
  clipRates(
    count: number,
    length: number,
    limit: number,
    epsilon: number,
    norms: number,
    rates: number,
    clipped: number,
  ): void;
  lerp(length: number, start: number, end: number, weight: number, between: number): void;
}

export const optimizer: KernelsOf<'sgd' | 'adam' | 'chunkNorms' | 'clipRates' | 'lerp', OptimizerExports> = {
  sgd: {
    run(wasm, { geometry: { length, momentum, weightDecay }, inputs, outputs, range }) {
      const { at, count } = spanOf(range, length);
      const [p, g, v] = from(at, inputs);
      const [pNew, vNew] = from(at, outputs);
      wasm.sgd(count, momentum, weightDecay, p!, g!, v!, inputs[3]!, pNew!, vNew!);
    },
    units: (g) => unitsOf(g.length),
  },
  adam: {
    run(wasm, { geometry, inputs, outputs, range }) {
      const { length, beta1, beta2, epsilon, weightDecay, decoupled } = geometry;
      const { at, count } = spanOf(range, length);
      const [p, g, m, v] = from(at, inputs);
      const [pNew, mNew, vNew] = from(at, outputs);
      const rates = inputs[4]!;
      wasm.adam(count, beta1, beta2, epsilon, weightDecay, decoupled, p!, g!, m!, v!, rates, pNew!, mNew!, vNew!);
    },
    units: (g) => unitsOf(g.length),
  },
  chunkNorms: {
    run(wasm, { geometry: { length, chunk }, inputs: [x], outputs: [norms], range: { first, last } }) {
      for (let k = first; k < last; k++) {
        const at = k * chunk;
        wasm.norm(Math.min(chunk, length - at), x! + 4 * at, norms! + 4 * k);
      }
    },
    units: ({ length, chunk }) => Math.ceil(length / chunk),
  },
  clipRates: {
    run(wasm, { geometry, inputs: [norms, rates], outputs: [clipped] }) {
      wasm.clipRates(geometry.norms, geometry.rates, geometry.limit, geometry.epsilon, norms!, rates!, clipped!);
    },
  },
  lerp: {
    run(wasm, { geometry: { length }, inputs, outputs, range }) {
      const { at, count } = spanOf(range, length);
      const [start, end] = from(at, inputs);
      const [between] = from(at, outputs);
      wasm.lerp(count, start!, end!, inputs[2]!, between!);
    },
    units: (g) => unitsOf(g.length),
  },
};

/** The addresses of element `at` of tensors. */
function from(at: number, tensors: readonly number[]): number[] {
  return tensors.map((tensor) => tensor + 4 * at);
}
