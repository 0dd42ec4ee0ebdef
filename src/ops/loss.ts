/**
 * Losses that are weighted sums of terms. The usual one is the hybrid loss, 0.5 cross-entropy + (1 - Dice): Zhou et al.,
 * "UNet++", 2018, equation 3, with the full cross-entropy and the constant 1 that keeps it from going negative.
 */
import { InputError } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import { weightedSum } from './arithmetic.js';
import { expect, show } from './check.js';
import { type CrossEntropyOptions, crossEntropy } from './cross-entropy.js';
import { lovaszLoss } from './lovasz.js';
import { segmentation } from './segmentation.js';
import { type DiceOptions, diceLoss, type TverskyOptions, tverskyLoss } from './tversky.js';

type Plain<T> = Omit<T, 'classWeights'>;

/** A term of a loss, as JSON. */
export type LossTerm = {
  /** The factor of the term in the sum, above 0. Default: 1. */
  readonly weight?: number | undefined;
} & (
  | ({ readonly term: 'crossEntropy' } & Plain<CrossEntropyOptions>)
  | ({ readonly term: 'dice' } & Plain<DiceOptions>)
  | ({ readonly term: 'tversky' } & Plain<TverskyOptions>)
  | { readonly term: 'lovasz' }
);

export const HYBRID: readonly LossTerm[] = [{ term: 'crossEntropy', weight: 0.5 }, { term: 'dice' }];

/**
 * Records the weighted sum of the terms of a loss.
 * @param logits [N,H,W,K]
 * @param target [N,H,W,1]: 0 or 1 where K is 1, else the class of each pixel, 0..K-1
 * @param classWeights one for each class, background first; where K is 1 those of background and foreground, which count
 *   in cross-entropy: the other terms look at the foreground alone
 * @returns [1]
 */
export function lossOf(
  logits: Tensor,
  target: Tensor,
  terms: readonly LossTerm[] = HYBRID,
  classWeights?: readonly number[],
): Tensor {
  expect(terms.length > 0, 'loss', () => 'needs at least one term');
  for (const { term, weight = 1 } of terms) {
    expect(weight > 0 && weight < Infinity, 'loss', () => `the weight of ${term} must be above 0, got ${weight}`);
  }
  const binary = logits.shape.at(-1) === 1;
  const weighted = !binary || terms.some(({ term }) => term === 'crossEntropy');
  expect(weighted || !classWeights, 'loss', () => {
    return `classWeights [${classWeights}] count in crossEntropy alone where there is one class beside the background; add that term or leave them out`;
  });
  const overClasses = binary ? undefined : classWeights;
  const losses = terms.map((term) => {
    switch (term.term) {
      case 'crossEntropy':
        return crossEntropy(logits, target, { ...term, classWeights });
      case 'dice':
        return diceLoss(logits, target, { ...term, classWeights: overClasses });
      case 'tversky':
        return tverskyLoss(logits, target, { ...term, classWeights: overClasses });
      case 'lovasz':
        return lovaszLoss(logits, target, { classWeights: overClasses });
      default:
        throw new InputError(
          `loss: unknown term "${(term as LossTerm).term}"; known are crossEntropy, dice, tversky and lovasz`,
        );
    }
  });
  return weightedSum(
    losses,
    terms.map(({ weight = 1 }) => weight),
  );
}

/**
 * The hybrid loss of one class: 0.5 binary cross-entropy + (1 - Dice), Dice per image with smooth 1.
 * @param logits [N,H,W,1]
 * @param target [N,H,W,1], 0 or 1
 * @returns [1]
 */
export function bceDice(logits: Tensor, target: Tensor): Tensor {
  const { classes } = segmentation('bceDice', logits, target);
  expect(classes === 1, 'bceDice', () => `logits must have one channel, got ${show(logits)}; use ceDice for classes`);
  return lossOf(logits, target);
}

/**
 * The hybrid loss of several classes: 0.5 cross-entropy of the softmax + (1 - Dice), Dice per image and class.
 * @param logits [N,H,W,K], K >= 2
 * @param target [N,H,W,1], the class of each pixel, 0..K-1
 * @returns [1]
 */
export function ceDice(logits: Tensor, target: Tensor): Tensor {
  const { classes } = segmentation('ceDice', logits, target);
  expect(classes >= 2, 'ceDice', () => `logits must have at least two channels, got ${show(logits)}`);
  return lossOf(logits, target);
}
