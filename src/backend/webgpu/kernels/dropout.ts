/** Dropout: the mask is drawn from the key of each image while the shader runs. */
import { input, invocations, type KernelsOf, output } from '../kernel.js';

export const dropout: KernelsOf<'dropout'> = {
  dropout: {
    inPlace: [0],
    dispatches({ batch, length, rate, salt }) {
      const count = batch * length;
      // A whole word is below rate 2^32 exactly if it is below the next whole number.
      const threshold = Math.ceil(rate * 2 ** 32);
      return [
        {
          shader: 'dropout',
          entry: 'dropout',
          buffers: [input(0), input(1), output(0)],
          uniforms: { integers: [count, length, threshold, salt], floats: [1 / (1 - rate)] },
          groups: invocations(count),
        },
      ];
    },
  },
};
