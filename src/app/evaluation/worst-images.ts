/** The worst images of an evaluation. */

import { plural } from '../../base/quantities.js';
import type { EvaluatedImage, Evaluation, NamedScores } from '../../evaluate/evaluate.js';
import type { Image } from '../../image/image.js';
import { predictionSheet, type SheetRow } from '../../report/sheet.js';

/** The row of a sheet that shows an image as it was scored. */
export function sheetRow({ sample, prediction, scores }: EvaluatedImage): SheetRow {
  return { name: sample.name, image: sample.image, target: sample.mask, prediction, dice: scores.dice };
}

/** Returns the images of the lowest Dice, the worst first; equals stay in their order. */
export function worstImages(perImage: readonly NamedScores[], count: number): NamedScores[] {
  return [...perImage].sort((a, b) => a.dice - b.dice).slice(0, count);
}

/**
 * Keeps the worst images with their masks during an evaluation, in the order of `worstImages`. So a picture of them
 * shows the very masks that were scored, and nothing is predicted again in other batches, which would take memory that
 * is in no forecast.
 */
export class WorstImages {
  readonly #rows: SheetRow[] = [];

  constructor(readonly count: number) {}

  /** Adds one more image of the evaluation. */
  add(image: EvaluatedImage): void {
    const added = sheetRow(image);
    const worse = this.#rows.findLastIndex(({ dice }) => dice <= added.dice);
    this.#rows.splice(worse + 1, 0, added);
    this.#rows.length = Math.min(this.#rows.length, this.count);
  }

  /** Draws them with their true and predicted masks. */
  sheet({ images, mode }: Evaluation): Image<Uint8Array> {
    return predictionSheet(this.#rows, { title: `the worst of ${plural(images, 'image')} by Dice, mode ${mode}` });
  }
}
