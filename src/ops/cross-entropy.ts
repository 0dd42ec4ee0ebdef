/**
 * Cross-entropy from logits, with the modulation of the focal loss: the mean over all pixels of
 *
 *     w (1 - p)^gamma (-ln p)
 *
 * where p is the probability of the pixel's true class and w the weight of that class. gamma 0 is plain cross-entropy;
 * gamma 2 is Lin et al., "Focal Loss for Dense Object Detection", 2017. The sum is divided by the number of pixels and
 * not by that of their weights, so that a mini-batch may be cut into micro-batches.
 *
 * PyTorch: `binary_cross_entropy_with_logits(x, y)`, and `cross_entropy(x, y, weight, reduction='sum') / pixels`.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { expect } from './check.js';
import { classWeightsOf, type SegmentationGeometry, segmentation } from './segmentation.js';

export interface CrossEntropyGeometry extends SegmentationGeometry {
  readonly gamma: number;
  /** The weight of each class, or of background and foreground where there is one logit. */
  readonly classWeights: readonly number[];
}

export interface CrossEntropyOptions {
  /** The exponent of the focal loss: how much less a pixel counts that is nearly right. Default: 0. */
  readonly gamma?: number | undefined;
  /** The weight of each class, background first; with one logit those of background and foreground. Default: 1 each. */
  readonly classWeights?: readonly number[] | undefined;
}

export const crossEntropyOp: Op<CrossEntropyGeometry> = {
  name: 'crossEntropy',
  vjp: (node, [dy]) => record(crossEntropyGradOp, [...node.inputs, dy!], node.geometry, [node.inputs[0]!.shape]),
};

/** (logits, target, dloss) -> dlogits. */
export const crossEntropyGradOp: Op<CrossEntropyGeometry> = { name: 'crossEntropyGrad' };

/**
 * Records the cross-entropy of logits and truth, with the mean over all pixels.
 * @param logits [N,H,W,K]
 * @param target [N,H,W,1]: 0 or 1 where K is 1, else the class of each pixel, 0..K-1
 * @returns [1]
 */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const name = 'crossEntropy';
  const { gamma = 0 } = options;
  const geometry = segmentation(name, logits, target);
  expect(gamma >= 0 && gamma < Infinity, name, () => `gamma must be at least 0, got ${gamma}`);
  const classWeights = classWeightsOf(name, Math.max(geometry.classes, 2), options.classWeights);
  return record(crossEntropyOp, [logits, target], { ...geometry, gamma, classWeights }, [[1]])[0]!;
}
