/**
 * Parameter updates as ops, so that plan and backends run them like any other. Outputs may be bound to the buffers of
 * the inputs: element i depends on element i alone.
 *
 * PyTorch: `optim.SGD(momentum=…)`, `optim.Adam`, `optim.AdamW`.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { sizeOf } from '../graph/shape.js';
import { expectShape } from './check.js';

export interface SgdGeometry {
  readonly length: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

export interface AdamGeometry {
  readonly length: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** AdamW (Loshchilov and Hutter, 2019): the decay acts on the weights and not on the gradient. */
  readonly decoupled: boolean;
}

/** (parameters, gradients, velocity, rate) -> parameters, velocity. */
export const sgdOp: Op<SgdGeometry> = { name: 'sgd' };

/** (parameters, gradients, m, v, rates) -> parameters, m, v. */
export const adamOp: Op<AdamGeometry> = { name: 'adam' };

/** v' = momentum v + (g + weightDecay p); p' = p - rate v'. `rate` is [1]. */
export function sgd(
  parameters: Tensor,
  gradients: Tensor,
  velocity: Tensor,
  rate: Tensor,
  options: Omit<SgdGeometry, 'length'>,
): [Tensor, Tensor] {
  const { shape } = parameters;
  expectShape('sgd', 'gradients', gradients, shape);
  expectShape('sgd', 'velocity', velocity, shape);
  expectShape('sgd', 'rate', rate, [1]);
  const inputs = [parameters, gradients, velocity, rate];
  return record(sgdOp, inputs, { ...options, length: sizeOf(shape) }, [shape, shape]) as [Tensor, Tensor];
}

/**
 * Adam (Kingma and Ba, 2015, algorithm 1). `rates` is [3]: the learning rate, 1 / (1 - beta1^t), 1 / sqrt(1 - beta2^t):
 * p' = p - lr rates[1] m' / (sqrt(v') rates[2] + epsilon).
 */
export function adam(
  parameters: Tensor,
  gradients: Tensor,
  m: Tensor,
  v: Tensor,
  rates: Tensor,
  options: Omit<AdamGeometry, 'length'>,
): [Tensor, Tensor, Tensor] {
  const { shape } = parameters;
  expectShape('adam', 'gradients', gradients, shape);
  expectShape('adam', 'm', m, shape);
  expectShape('adam', 'v', v, shape);
  expectShape('adam', 'rates', rates, [3]);
  const inputs = [parameters, gradients, m, v, rates];
  return record(adamOp, inputs, { ...options, length: sizeOf(shape) }, [shape, shape, shape]) as [
    Tensor,
    Tensor,
    Tensor,
  ];
}
