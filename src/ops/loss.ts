/**
 * The hybrid segmentation loss from logits: 0.5 cross-entropy + (1 - soft Dice), Dice per image (and class) with
 * smooth 1, mean over images. Zhou et al., "UNet++", 2018, equation 3, with the full cross-entropy and the constant 1
 * that keeps the loss from going negative.
 *
 * PyTorch: `0.5 * binary_cross_entropy_with_logits(x, y) + mean(1 - (2 I + 1) / (S + 1))`, and the same with
 * `cross_entropy` and softmax for several classes.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { activation, expect, expectShape, show } from './check.js';

export interface LossGeometry {
  readonly batch: number;
  /** Pixels of an image: height x width. */
  readonly positions: number;
  /** 1 for `bceDice` (sigmoid), at least 2 for `ceDice` (softmax). */
  readonly classes: number;
}

export const bceDiceOp: Op<LossGeometry> = {
  name: 'bceDice',
  vjp: (node, [dy]) => record(bceDiceGradOp, [...node.inputs, dy!], node.geometry, [node.inputs[0]!.shape]),
};

/** (logits, target, dloss) -> dlogits. */
export const bceDiceGradOp: Op<LossGeometry> = { name: 'bceDiceGrad' };

export const ceDiceOp: Op<LossGeometry> = {
  name: 'ceDice',
  vjp: (node, [dy]) => record(ceDiceGradOp, [...node.inputs, dy!], node.geometry, [node.inputs[0]!.shape]),
};

/** (logits, labels, dloss) -> dlogits. */
export const ceDiceGradOp: Op<LossGeometry> = { name: 'ceDiceGrad' };

/**
 * @param logits [N,H,W,1]
 * @param target [N,H,W,1], 0 or 1
 * @returns [1]
 */
export function bceDice(logits: Tensor, target: Tensor): Tensor {
  const [batch, height, width, classes] = activation('bceDice', 'logits', logits);
  expect(classes === 1, 'bceDice', () => `logits must have one channel, got ${show(logits)}; use ceDice for classes`);
  expectShape('bceDice', 'target', target, [batch, height, width, 1]);
  return record(bceDiceOp, [logits, target], { batch, positions: height * width, classes }, [[1]])[0]!;
}

/**
 * @param logits [N,H,W,K], K >= 2
 * @param labels [N,H,W,1], the class of each pixel, 0..K-1
 * @returns [1]
 */
export function ceDice(logits: Tensor, labels: Tensor): Tensor {
  const [batch, height, width, classes] = activation('ceDice', 'logits', logits);
  expect(classes >= 2, 'ceDice', () => `logits must have at least two channels, got ${show(logits)}`);
  expectShape('ceDice', 'labels', labels, [batch, height, width, 1]);
  return record(ceDiceOp, [logits, labels], { batch, positions: height * width, classes }, [[1]])[0]!;
}
