/** Parameter updates, norms of gradients, and interpolation. */
import { type Dispatch, input, invocations, type KernelsOf, output, rows, unused } from '../kernel.js';

/** An invocation for each element. Bindings 1 to 4: what changes, what it changes by, the rates, what it becomes. */
function update(
  entry: string,
  rates: number,
  length: number,
  { floats = [], state = [] }: { floats?: number[]; state?: Dispatch['buffers'] } = {},
): Dispatch {
  return {
    shader: 'optimizer',
    entry,
    buffers: [input(0), input(1), input(rates), output(0), ...state],
    uniforms: { integers: [length], floats },
    groups: invocations(length),
  };
}

export const optimizer: KernelsOf<'sgd' | 'adam' | 'chunkNorms' | 'clipRates' | 'lerp'> = {
  sgd: {
    inPlace: [0, 2],
    dispatches({ length, momentum, weightDecay }) {
      const state = [input(2), output(1)];
      return [update('sgd', 3, length, { floats: [momentum, weightDecay], state })];
    },
  },
  adam: {
    inPlace: [0, 2, 3],
    dispatches({ length, beta1, beta2, epsilon, weightDecay, decoupled }) {
      // in float64: 1 - 0.999 in float32 is wrong in the fifth digit
      const moments = [beta1, 1 - beta1, beta2, 1 - beta2];
      const floats = [...moments, epsilon, decoupled ? 0 : weightDecay, decoupled ? weightDecay : 0];
      const state = [input(3), output(2), input(2), output(1)];
      return [update('adam', 4, length, { floats, state })];
    },
  },
  chunkNorms: {
    dispatches: ({ length, chunk }) => [
      {
        shader: 'optimizer',
        entry: 'chunkNorms',
        buffers: [input(0), output(0)],
        uniforms: { integers: [length, chunk] },
        groups: rows(Math.ceil(length / chunk)),
      },
    ],
  },
  clipRates: {
    dispatches: ({ norms, rates, limit, epsilon }) => [
      {
        shader: 'optimizer',
        entry: 'clipRates',
        buffers: [input(0), unused, input(1), output(0)],
        uniforms: { integers: [norms, rates], floats: [limit, epsilon] },
        groups: [1, 1, 1],
      },
    ],
  },
  lerp: {
    inPlace: [0],
    dispatches: ({ length }) => [update('lerp', 2, length)],
  },
};
