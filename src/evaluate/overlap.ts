/**
 * Scores of how well two masks overlap, from counted pixels. P is the predicted mask, T the true one.
 *
 * **Empty masks**, for every score of the project: where both are empty they agree, and all overlap scores are 1 and all
 * distances 0. Where one is empty and the other is not, Dice, IoU, precision and sensitivity are 0, and distances are
 * undefined: they are left out of means, and counted (`undefinedDistances`). Specificity is 1 where the true mask covers
 * the whole image, as there is no background to be mistaken.
 */
import { invariant } from '../base/errors.js';

/** Numbers of pixels of one class. */
export interface ConfusionCounts {
  /** |P n T|: true positives. */
  readonly intersection: number;
  /** |P|: true and false positives. */
  readonly predicted: number;
  /** |T|: true positives and false negatives. */
  readonly actual: number;
  /** The number of all pixels, of whatever class. */
  readonly pixels: number;
}

export interface OverlapScores {
  /** The Dice coefficient, 2 |P n T| / (|P| + |T|). */
  readonly dice: number;
  /** Intersection over union, also called Jaccard index: |P n T| / |P u T|. */
  readonly iou: number;
  /** |P n T| / |P|: how much of what is predicted is right. Also called positive predictive value. */
  readonly precision: number;
  /** |P n T| / |T|: how much of what is there is found. Also called recall or true positive rate. */
  readonly sensitivity: number;
  /** The fraction of the pixels outside of T that is outside of P, too. Also called true negative rate. */
  readonly specificity: number;
}

/** Counts the pixels of `label` in two masks of one size. */
export function confusionCounts(predicted: Uint8Array, actual: Uint8Array, label: number): ConfusionCounts {
  invariant(predicted.length === actual.length, `masks of ${predicted.length} and ${actual.length} pixels`);
  const counts = { intersection: 0, predicted: 0, actual: 0, pixels: actual.length };
  for (let i = 0; i < predicted.length; i++) {
    const p = predicted[i] === label;
    const t = actual[i] === label;
    if (p) counts.predicted++;
    if (t) counts.actual++;
    if (p && t) counts.intersection++;
  }
  return counts;
}

/** Adds up the counts of several images. */
export function pooled(counts: readonly ConfusionCounts[]): ConfusionCounts {
  const sum = (read: (count: ConfusionCounts) => number) => counts.reduce((total, count) => total + read(count), 0);
  return {
    intersection: sum((count) => count.intersection),
    predicted: sum((count) => count.predicted),
    actual: sum((count) => count.actual),
    pixels: sum((count) => count.pixels),
  };
}

export function overlapScores({ intersection, predicted, actual, pixels }: ConfusionCounts): OverlapScores {
  const union = predicted + actual - intersection;
  const ifEmpty = union === 0 ? 1 : 0;
  return {
    dice: ratio(2 * intersection, predicted + actual, ifEmpty),
    iou: ratio(intersection, union, ifEmpty),
    precision: ratio(intersection, predicted, ifEmpty),
    sensitivity: ratio(intersection, actual, ifEmpty),
    specificity: ratio(pixels - union, pixels - actual, 1),
  };
}

function ratio(part: number, whole: number, ifNone: number): number {
  return whole === 0 ? ifNone : part / whole;
}
