/** Cross-entropy with focal modulation; see assembly/cross-entropy.ts and cross-entropy-classes.ts. */
import type { CrossEntropyGeometry } from '../../../ops/cross-entropy.js';
import type { KernelsOf } from '../kernel.js';
import { type LossExports, lossBinding } from './loss-binding.js';

export type CrossEntropyExports = LossExports<'crossEntropy'>;

export const crossEntropy: KernelsOf<'crossEntropy' | 'crossEntropyGrad', CrossEntropyExports> = lossBinding(
  'crossEntropy',
  {
    binary: ({ batch, positions, gamma, classWeights }: CrossEntropyGeometry) => [
      batch * positions,
      gamma,
      ...classWeights,
    ],
    classes: ({ batch, positions, classes, gamma }) => [batch * positions, classes, gamma],
  },
);
