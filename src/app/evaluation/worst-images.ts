/** The worst images of an evaluation. */

import { plural } from '../../base/quantities.js';
import type { EvaluatedImage, ModelScores, NamedScores } from '../../evaluate/evaluate.js';
import type { Image } from '../../image/image.js';
import { resizeImage, resizeMask } from '../../image/resize.js';
import { predictionSheet, type SheetRow } from '../../report/sheet.js';

/** The longest side of an image in a picture, in pixels. */
const LONGEST = 512;

/** The row of a sheet that shows an image as it was scored: as the network saw it, both masks brought to its shape. */
export function sheetRow({ image, truth, prediction, scores }: EvaluatedImage): SheetRow {
  const factor = Math.min(1, LONGEST / Math.max(truth.width, truth.height));
  const [width, height] = [truth.width, truth.height].map((side) => Math.max(1, Math.round(side * factor))) as [
    number,
    number,
  ];
  const shown = resizeImage(image, width, height);
  const [target, predicted] = [resizeMask(truth, width, height), resizeMask(prediction, width, height)];
  return { name: scores.image, image: shown, target, prediction: predicted, dice: scores.dice };
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
  sheet({ images, mode }: ModelScores): Image<Uint8Array> {
    return predictionSheet(this.#rows, { title: `the worst of ${plural(images, 'image')} by Dice, mode ${mode}` });
  }
}
