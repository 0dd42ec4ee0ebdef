/**
 * Losses of the overlap of prediction and truth, from logits: 1 - Dice and 1 - Tversky's index, mean over images and, of
 * several classes, over these. With p the probabilities and t the truth, 0 or 1,
 *
 *     TP = sum of p t       FP = sum of p (1 - t)       FN = sum of (1 - p) t
 *     index = (2 TP + 1) / (2 TP + 2 alpha FP + 2 beta FN + 1)
 *
 * Dice is alpha = beta = 1/2: (2 TP + 1) / (sum of p + sum of t + 1). Salehi et al., "Tversky loss function for image
 * segmentation", 2017, section 2.2, gives alpha and beta; the constants 1 (0/0 is 1: nothing there, nothing found) are
 * ours. `squared` takes the squares of p and 1 - p in FP and FN, which makes the denominator of Dice the sum of p² and t²
 * (Milletari et al., "V-Net", 2016, section 3; the hybrid loss of Zhou et al., "UNet++: Redesigning Skip Connections", 2020).
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { expect } from './check.js';
import { classWeightsOf, type SegmentationGeometry, segmentation } from './segmentation.js';

export interface TverskyGeometry extends SegmentationGeometry {
  readonly alpha: number;
  readonly beta: number;
  readonly squared: boolean;
  /** What each class counts for in the mean; their sum is 1. [1] where there is one logit: only the foreground counts. */
  readonly classWeights: readonly number[];
}

export interface RegionLossOptions {
  /** Whether the sums go over each image by itself, or over all images together. Default: 'image'. */
  readonly over?: 'image' | 'batch' | undefined;
  /** The weight of each class where there are several, background first. Default: 1 each. */
  readonly classWeights?: readonly number[] | undefined;
}

export interface DiceOptions extends RegionLossOptions {
  /** Whether the denominator has squares in it. Default: false. */
  readonly squared?: boolean | undefined;
}

export interface TverskyOptions extends RegionLossOptions {
  /** How much a false positive counts. Default: 0.3, the paper's best. */
  readonly alpha?: number | undefined;
  /** How much a false negative counts. Default: 0.7. */
  readonly beta?: number | undefined;
}

export const tverskyOp: Op<TverskyGeometry> = {
  name: 'tversky',
  vjp: (node, [dy]) => record(tverskyGradOp, [...node.inputs, dy!], node.geometry, [node.inputs[0]!.shape]),
};

/** (logits, target, dloss) -> dlogits. */
export const tverskyGradOp: Op<TverskyGeometry> = { name: 'tverskyGrad' };

/**
 * 1 - Dice.
 * @param logits [N,H,W,K]
 * @param target [N,H,W,1]: 0 or 1 where K is 1, else the class of each pixel, 0..K-1
 * @returns [1]
 */
export function diceLoss(logits: Tensor, target: Tensor, options: DiceOptions = {}): Tensor {
  const { squared = false } = options;
  return indexLoss('diceLoss', logits, target, { alpha: 0.5, beta: 0.5, squared }, options);
}

/** 1 - Tversky's index, of tensors as `diceLoss` takes them. */
export function tverskyLoss(logits: Tensor, target: Tensor, options: TverskyOptions = {}): Tensor {
  const { alpha = 0.3, beta = 0.7 } = options;
  const good = alpha >= 0 && beta >= 0 && alpha + beta > 0 && alpha + beta < Infinity;
  expect(good, 'tverskyLoss', () => {
    return `alpha and beta must be at least 0 and not both 0, got ${alpha} and ${beta}`;
  });
  return indexLoss('tverskyLoss', logits, target, { alpha, beta, squared: false }, options);
}

/** 1 - the index that alpha, beta and `squared` make. */
function indexLoss(
  name: string,
  logits: Tensor,
  target: Tensor,
  index: Pick<TverskyGeometry, 'alpha' | 'beta' | 'squared'>,
  { over = 'image', ...options }: RegionLossOptions,
): Tensor {
  const { batch, positions, classes } = segmentation(name, logits, target);
  const weights = classWeightsOf(name, classes, options.classWeights);
  const sum = weights.reduce((a, b) => a + b, 0);
  const classWeights = weights.map((weight) => weight / sum);
  // Images whose sums are taken together are one long image.
  const images = over === 'image' ? { batch, positions } : { batch: 1, positions: batch * positions };
  return record(tverskyOp, [logits, target], { ...images, classes, ...index, classWeights }, [[1]])[0]!;
}
