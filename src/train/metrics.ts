/**
 * Dice and IoU of masks. Per image: the mean over images; where neither mask has foreground they agree, and both scores
 * are 1. Pooled: the pixels of all images counted together, so that large structures weigh more. With several classes
 * each score is the mean over the classes but the background, class 0.
 */
import { invariant } from '../base/errors.js';
import type { Image } from '../base/image.js';

export interface Scores {
  /** Mean over images of 2 |P n T| / (|P| + |T|), P predicted, T true. */
  readonly dice: number;
  /** Mean over images of |P n T| / |P u T|. */
  readonly iou: number;
  readonly pooledDice: number;
  readonly pooledIou: number;
}

/** Numbers of pixels of one class. */
export interface Overlap {
  readonly intersection: number;
  readonly predicted: number;
  readonly actual: number;
}

/** Counts the pixels of `label` in two masks of one size. */
export function overlap(predicted: Uint8Array, actual: Uint8Array, label: number): Overlap {
  invariant(predicted.length === actual.length, `masks of ${predicted.length} and ${actual.length} pixels`);
  const counts = { intersection: 0, predicted: 0, actual: 0 };
  for (let i = 0; i < predicted.length; i++) {
    const p = predicted[i] === label;
    const t = actual[i] === label;
    if (p) counts.predicted++;
    if (t) counts.actual++;
    if (p && t) counts.intersection++;
  }
  return counts;
}

export function dice({ intersection, predicted, actual }: Overlap): number {
  return predicted + actual === 0 ? 1 : (2 * intersection) / (predicted + actual);
}

export function iou({ intersection, predicted, actual }: Overlap): number {
  const union = predicted + actual - intersection;
  return union === 0 ? 1 : intersection / union;
}

/** Gathers masks image by image. */
export class Tally {
  #images = 0;
  #dice = 0;
  #iou = 0;
  readonly #pooled: { intersection: number; predicted: number; actual: number }[];

  /** @param classes of the network: 1 counts pixels of value 1, K >= 2 the classes 1..K-1 */
  constructor(classes: number) {
    const foreground = Math.max(1, classes - 1);
    this.#pooled = Array.from({ length: foreground }, () => ({ intersection: 0, predicted: 0, actual: 0 }));
  }

  add(predicted: Image<Uint8Array>, actual: Image<Uint8Array>): void {
    const counts = this.#pooled.map((_, k) => overlap(predicted.data, actual.data, k + 1));
    this.#images++;
    this.#dice += average(counts.map(dice));
    this.#iou += average(counts.map(iou));
    counts.forEach((count, k) => {
      const pooled = this.#pooled[k]!;
      pooled.intersection += count.intersection;
      pooled.predicted += count.predicted;
      pooled.actual += count.actual;
    });
  }

  /** The scores of what was added, at least one image. */
  scores(): Scores {
    invariant(this.#images > 0, 'scores of no image');
    return {
      dice: this.#dice / this.#images,
      iou: this.#iou / this.#images,
      pooledDice: average(this.#pooled.map(dice)),
      pooledIou: average(this.#pooled.map(iou)),
    };
  }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
