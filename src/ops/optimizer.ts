/**
 * Parameter updates as ops, so that plan and backends run them like any other, and what they need: the norm of the
 * gradients, which clips them, and the average of the weights. Outputs of updates may be bound to the buffers of the inputs: element i
 * depends on element i alone.
 *
 * PyTorch: `optim.SGD(momentum=…)`, `optim.Adam`, `optim.AdamW`; `nn.utils.get_total_norm`, `clip_grad_norm_`; `lerp`.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import { expect, expectShape } from './check.js';

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

export interface ChunkNormsGeometry {
  readonly length: number;
  /** The elements of a chunk; the last one may be shorter. */
  readonly chunk: number;
}

export interface ClipRatesGeometry {
  /** How many norms there are. */
  readonly norms: number;
  /** How many rates there are. */
  readonly rates: number;
  /** The largest norm that is not scaled down. */
  readonly limit: number;
  /** What is added to the norm that is divided by. */
  readonly epsilon: number;
}

export interface LerpGeometry {
  readonly length: number;
}

/** (parameters, gradients, velocity, rates) -> parameters, velocity. */
export const sgdOp: Op<SgdGeometry> = { name: 'sgd' };

/** (parameters, gradients, m, v, rates) -> parameters, m, v. */
export const adamOp: Op<AdamGeometry> = { name: 'adam' };

/** x -> norms. */
export const chunkNormsOp: Op<ChunkNormsGeometry> = { name: 'chunkNorms' };

/** (norms, rates) -> clipped. */
export const clipRatesOp: Op<ClipRatesGeometry> = { name: 'clipRates' };

/** (start, end, weight) -> between. */
export const lerpOp: Op<LerpGeometry> = { name: 'lerp' };

/**
 * v' = momentum v + (factor g + weightDecay p); p' = p - lr v'. `rates` is [2]: the learning rate, and the factor of the
 * gradients, which clips them.
 */
export function sgd(
  parameters: Tensor,
  gradients: Tensor,
  velocity: Tensor,
  rates: Tensor,
  options: Omit<SgdGeometry, 'length'>,
): [Tensor, Tensor] {
  const { shape } = parameters;
  expectShape('sgd', 'gradients', gradients, shape);
  expectShape('sgd', 'velocity', velocity, shape);
  expectShape('sgd', 'rates', rates, [2]);
  const inputs = [parameters, gradients, velocity, rates];
  return record(sgdOp, inputs, { ...options, length: sizeOf(shape) }, [shape, shape]) as [Tensor, Tensor];
}

/**
 * Adam (Kingma and Ba, 2015, algorithm 1). `rates` is [4]: the learning rate, 1 / (1 - beta1^t), 1 / sqrt(1 - beta2^t):
 * p' = p - lr rates[1] m' / (sqrt(v') rates[2] + epsilon), and the factor of the gradients, which clips them.
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
  expectShape('adam', 'rates', rates, [4]);
  const inputs = [parameters, gradients, m, v, rates];
  return record(adamOp, inputs, { ...options, length: sizeOf(shape) }, [shape, shape, shape]) as [
    Tensor,
    Tensor,
    Tensor,
  ];
}

/** Few enough that many threads have work, many enough that the norms are few. */
const CHUNK = 4096;

/**
 * The Euclidean norm of each chunk of x, so that threads can divide the work in a fixed order: the norm of x is that of
 * the norms. Norms and not squares, which could leave the range of float32.
 */
export function chunkNorms(x: Tensor): Tensor {
  const length = sizeOf(x.shape);
  return record(chunkNormsOp, [x], { length, chunk: CHUNK }, [[Math.ceil(length / CHUNK)]])[0]!;
}

/** PyTorch's, in `clip_grad_norm_`. */
const CLIP_EPSILON = 1e-6;

/**
 * Clips gradients by their norm (Pascanu et al., 2013), on the rates of their update: the last of `rates`, the factor of
 * the gradients, is multiplied by min(1, limit / (norm + 1e-6)), as PyTorch's `clip_grad_norm_` multiplies them. `norms`
 * are those of the parts of the gradients, see `chunkNorms`, and norm is the norm of these. A norm that is not finite
 * gives a factor that is 0 or NaN, so that a gradient which is not finite becomes NaN and shows in the next loss.
 */
export function clipRates(norms: Tensor, rates: Tensor, limit: number): Tensor {
  for (const [name, { shape }] of Object.entries({ norms, rates })) {
    expect(shape.length === 1, 'clipRates', () => `${name} must be [length], got ${formatShape(shape)}`);
  }
  expect(limit > 0, 'clipRates', () => `limit must be above 0, got ${limit}`);
  const geometry = { norms: norms.shape[0]!, rates: rates.shape[0]!, limit, epsilon: CLIP_EPSILON };
  return record(clipRatesOp, [norms, rates], geometry, [rates.shape])[0]!;
}

/** start + weight (end - start); `weight` is [1]. */
export function lerp(start: Tensor, end: Tensor, weight: Tensor): Tensor {
  const { shape } = start;
  expectShape('lerp', 'end', end, shape);
  expectShape('lerp', 'weight', weight, [1]);
  return record(lerpOp, [start, end, weight], { length: sizeOf(shape) }, [shape])[0]!;
}
