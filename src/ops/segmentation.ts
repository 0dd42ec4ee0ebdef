/** What all losses of segmentation take: logits, the true class of each pixel, and weights of the classes. */
import type { Tensor } from '../graph/graph.js';
import { activation, expect, expectShape } from './check.js';

export interface SegmentationGeometry {
  readonly batch: number;
  /** Pixels of an image: height x width. */
  readonly positions: number;
  /** The channels of the logits: 1 is foreground or background by a sigmoid, K >= 2 are K classes by a softmax. */
  readonly classes: number;
}

/**
 * Checks logits and truth, and returns their sizes.
 * @param logits [N,H,W,K]
 * @param target [N,H,W,1]: 0 or 1 where K is 1, else the class of each pixel, 0..K-1
 */
export function segmentation(op: string, logits: Tensor, target: Tensor): SegmentationGeometry {
  const [batch, height, width, classes] = activation(op, 'logits', logits);
  expectShape(op, 'target', target, [batch, height, width, 1]);
  return { batch, positions: height * width, classes };
}

/** Weights for `count` classes, by default 1 each. */
export function classWeightsOf(op: string, count: number, weights?: readonly number[]): readonly number[] {
  if (weights === undefined) return new Array<number>(count).fill(1);
  const sum = weights.reduce((a, b) => a + b, 0);
  const good = weights.length === count && weights.every((weight) => weight >= 0) && sum > 0 && sum < Infinity;
  expect(good, op, () => {
    return `classWeights must be ${count} numbers (background first), none negative and not all 0, got [${weights}]`;
  });
  return [...weights];
}
