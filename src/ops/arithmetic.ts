/** Weighted sums of tensors of one shape: addition, scaling, the mean of the heads, moving averages. */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { sameShape, sizeOf } from '../graph/shape.js';
import { expect, show } from './check.js';

export interface WeightedSumGeometry {
  readonly length: number;
  /** One factor for each input. */
  readonly weights: readonly number[];
}

export const weightedSumOp: Op<WeightedSumGeometry> = {
  name: 'weightedSum',
  inPlace: 0,
  vjp: (node, [dy], needs) =>
    node.geometry.weights.map((weight, k) =>
      needs[k] ? (weight === 1 ? dy : weightedSum([dy!], [weight])) : undefined,
    ),
};

/** sum over k of weights[k] xs[k], added up from the left. */
export function weightedSum(xs: readonly Tensor[], weights: readonly number[]): Tensor {
  expect(xs.length > 0, 'weightedSum', () => 'needs at least one tensor');
  expect(xs.length === weights.length, 'weightedSum', () => {
    return `needs as many weights as tensors, got ${weights.length} and ${xs.length}`;
  });
  for (const x of xs) {
    const same = sameShape(x.shape, xs[0]!.shape);
    expect(same, 'weightedSum', () => `shapes must agree, got ${show(xs[0]!)} and ${show(x)}`);
  }
  const { shape } = xs[0]!;
  return record(weightedSumOp, xs, { length: sizeOf(shape), weights: [...weights] }, [shape])[0]!;
}

/** a + b + …, of one shape (nothing is broadcast). */
export function add(...xs: Tensor[]): Tensor {
  return weightedSum(
    xs,
    xs.map(() => 1),
  );
}

/** The mean of tensors of one shape. */
export function mean(xs: readonly Tensor[]): Tensor {
  return weightedSum(
    xs,
    xs.map(() => 1 / xs.length),
  );
}
