/**
 * Batch, instance and group normalisation from two ops: `moments` takes mean and variance over each statistics group,
 * `normalise` applies them. Training feeds the one to the other; evaluation of batch norm feeds running statistics.
 * Batch norm: Ioffe and Szegedy, 2015; instance norm: Ulyanov et al., 2016; group norm: Wu and He, 2018.
 *
 * PyTorch: `batch_norm`, `instance_norm`, `group_norm`; the variance is the biased one.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { activation, expect, expectShape, show } from './check.js';

export interface NormGeometry {
  readonly batch: number;
  /** Pixels of an image: height x width. */
  readonly positions: number;
  readonly channels: number;
  /** How many groups of neighbouring channels have common statistics; `channels` for batch and instance norm. */
  readonly groups: number;
  /** Whether each image has statistics of its own (instance, group norm) or the batch has one set (batch norm). */
  readonly perImage: boolean;
  /** What is added to the variance. */
  readonly epsilon: number;
}

/** (x) -> mean, variance, both [S,G]: S = batch where statistics are per image, else 1. */
export const momentsOp: Op<NormGeometry> = {
  name: 'moments',
  vjp(node, [dmean, dvariance]) {
    const [x] = node.inputs as [Tensor];
    const [mean] = node.outputs as [Tensor];
    expect(dmean !== undefined && dvariance !== undefined, 'moments', () => {
      return 'its gradient needs both outputs, mean and variance, to be used';
    });
    return record(momentsGradOp, [x, mean, dmean!, dvariance!], node.geometry, [x.shape]);
  },
};

/** (x, mean, dmean, dvariance) -> dx. */
export const momentsGradOp: Op<NormGeometry> = { name: 'momentsGrad' };

/** (x, mean, variance, gamma, beta) -> gamma (x - mean) / sqrt(variance + epsilon) + beta. */
export const normaliseOp: Op<NormGeometry> = {
  name: 'normalise',
  vjp(node, [dy]) {
    const [x, mean, variance, gamma, beta] = node.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const shapes = [x.shape, mean.shape, variance.shape, gamma.shape, beta.shape];
    return record(normaliseGradOp, [dy!, x, mean, variance, gamma], node.geometry, shapes);
  },
};

/** (dy, x, mean, variance, gamma) -> dx, dmean, dvariance, dgamma, dbeta; dx with mean and variance held fixed. */
export const normaliseGradOp: Op<NormGeometry> = { name: 'normaliseGrad' };

export interface NormOptions {
  /** How many groups of channels have common statistics. Default: as many as channels. */
  readonly groups?: number;
  /** Whether each image has statistics of its own. Default: false. */
  readonly perImage?: boolean;
  /** What is added to the variance. Default: 1e-5, as in PyTorch. */
  readonly epsilon?: number;
}

function normGeometry(op: string, x: Tensor, options: NormOptions): NormGeometry {
  const [batch, height, width, channels] = activation(op, 'x', x);
  const { groups = channels, perImage = false, epsilon = 1e-5 } = options;
  expect(groups > 0 && channels % groups === 0, op, () => {
    return `${groups} groups do not divide ${channels} channels (x ${show(x)})`;
  });
  return { batch, positions: height * width, channels, groups, perImage, epsilon };
}

/** Mean and biased variance of x [N,H,W,C] over each statistics group. */
export function moments(x: Tensor, options: NormOptions = {}): { mean: Tensor; variance: Tensor } {
  const geometry = normGeometry('moments', x, options);
  const shape = [geometry.perImage ? geometry.batch : 1, geometry.groups];
  const [mean, variance] = record(momentsOp, [x], geometry, [shape, shape]);
  return { mean: mean!, variance: variance! };
}

/**
 * Shifts and scales x to mean 0 and variance 1 by the given statistics, then by gamma and beta.
 * @param x [N,H,W,C]
 * @param statistics mean and variance as `moments` gives them for the same options
 * @param gamma [C], the scale
 * @param beta [C], the shift
 */
export function normalise(
  x: Tensor,
  statistics: { mean: Tensor; variance: Tensor },
  gamma: Tensor,
  beta: Tensor,
  options: NormOptions = {},
): Tensor {
  const geometry = normGeometry('normalise', x, options);
  const { mean, variance } = statistics;
  const shape = [geometry.perImage ? geometry.batch : 1, geometry.groups];
  expectShape('normalise', 'mean', mean, shape);
  expectShape('normalise', 'variance', variance, shape);
  expectShape('normalise', 'gamma', gamma, [geometry.channels]);
  expectShape('normalise', 'beta', beta, [geometry.channels]);
  return record(normaliseOp, [x, mean, variance, gamma, beta], geometry, [x.shape])[0]!;
}
