/** Weighted sums of tensors of one shape. */
import type { WeightedSumGeometry } from '../src/ops/arithmetic.js';
import type { Kernel } from './kernel.js';

/** (x...) -> sum over k of weights[k] x_k, added up from the left. */
export const weightedSum: Kernel<WeightedSumGeometry> = ({ length, weights }, xs, [y]) => {
  for (let i = 0; i < length; i++) {
    let sum = weights[0] * xs[0][i];
    for (let k = 1; k < xs.length; k++) sum += weights[k] * xs[k][i];
    y[i] = sum;
  }
};
