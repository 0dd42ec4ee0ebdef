/**
 * The Lovász extension of the Jaccard loss: convex in the errors of the pixels, and 1 - IoU where they are 0 or 1. Mean
 * over images. Berman et al., "The Lovász-Softmax loss", 2018: for one logit the hinge (section 2.2), with the errors
 * 1 - z of foreground and 1 + z of background; for several classes, mean over those present in the image, the errors
 * |t - p| (section 2.3 and appendix). Errors that are equal count in the order of their pixels.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { classWeightsOf, type SegmentationGeometry, segmentation } from './segmentation.js';

export interface LovaszGeometry extends SegmentationGeometry {
  /** The weight of each class in the mean over those present. */
  readonly classWeights: readonly number[];
}

export interface LovaszOptions {
  /** The weight of each class where there are several, background first. Default: 1 each. */
  readonly classWeights?: readonly number[] | undefined;
}

export const lovaszOp: Op<LovaszGeometry> = {
  name: 'lovasz',
  vjp: (node, [dy]) => record(lovaszGradOp, [...node.inputs, dy!], node.geometry, [node.inputs[0]!.shape]),
};

/** (logits, target, dloss) -> dlogits. */
export const lovaszGradOp: Op<LovaszGeometry> = { name: 'lovaszGrad' };

/**
 * Records the Lovász loss of logits and truth, with the mean over the images.
 * @param logits [N,H,W,K]
 * @param target [N,H,W,1]: 0 or 1 where K is 1, else the class of each pixel, 0..K-1
 * @returns [1]
 */
export function lovaszLoss(logits: Tensor, target: Tensor, options: LovaszOptions = {}): Tensor {
  const geometry = segmentation('lovaszLoss', logits, target);
  const classWeights = classWeightsOf('lovaszLoss', geometry.classes, options.classWeights);
  return record(lovaszOp, [logits, target], { ...geometry, classWeights }, [[1]])[0]!;
}
