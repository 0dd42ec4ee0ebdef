/** Weighted sums of tensors of one shape. */
import { chunks } from '../../../base/chunks.js';
import { type Dispatch, input, invocations, type KernelsOf, output } from '../kernel.js';

/** A dispatch adds so many inputs at most: with the output, they must fit into eight bindings. */
const TERMS = 6;

export const arithmetic: KernelsOf<'weightedSum'> = {
  weightedSum: {
    inPlace: [0],
    dispatches({ length, weights }) {
      return chunks([...weights.keys()], TERMS).map((terms, k): Dispatch => {
        const inputs = terms.map(input);
        const unused = new Array<number>(TERMS - terms.length).fill(0);
        return {
          shader: 'arithmetic',
          entry: `sum${terms.length}`,
          buffers: [output(0), ...inputs],
          // What came before, and is continued, lies in the output.
          constants: { continued: k > 0 ? 1 : 0 },
          uniforms: { integers: [length], floats: [...terms.map((term) => weights[term]!), ...unused] },
          groups: invocations(length),
        };
      });
    },
  },
};
