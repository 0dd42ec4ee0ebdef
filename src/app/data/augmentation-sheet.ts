/** The picture of `unetpp check --augment`: training images beside their augmented versions. */

import { openDataset } from '#platform/data.js';
import { evenly } from '../../base/evenly.js';
import { type Augmentation, augment } from '../../data/augment/augment.js';
import type { Sample } from '../../data/dataset.js';
import type { ReadingOptions } from '../../data/folder/format.js';
import type { SplitPlan } from '../../data/split/plan.js';
import type { Image } from '../../image/image.js';
import type { Fit } from '../../image/prepare.js';
import { type ContactTile, contactSheet, TILES_IN_A_ROW } from '../../report/contact.js';
import { extent, toRgb } from '../../report/pixels.js';
import { sampleKey } from '../../train/loop/batches.js';
import { readingOf } from '../options/data-options.js';

export interface AugmentationPicture extends ReadingOptions {
  readonly data: string;
  readonly seed: number;
  readonly size: number;
  readonly fit?: Fit;
  /** How the training draws its split. */
  readonly plan?: SplitPlan | undefined;
}

/** How many images are shown at most. */
const ROWS = 6;

/**
 * Draws a row for each image: the image itself, then as the first epochs of a training with this data, size and seed
 * would see it.
 * @throws InputError where the folder cannot be read as a data set
 */
export async function augmentationSheet(
  augmentations: readonly Augmentation[],
  { data, seed, size, fit, plan, ...reading }: AugmentationPicture,
): Promise<Image<Uint8Array>> {
  const dataset = await openDataset(data, {
    size,
    seed,
    ...(fit && { fit }),
    ...(plan && { plan }),
    ...readingOf(reading),
  });
  const tiles: ContactTile[] = [];
  for (const name of evenly(dataset.split.train, ROWS)) {
    const sample = await dataset.load(name);
    tiles.push(tile(sample, sample, 'as it is'));
    for (let epoch = 1; epoch < TILES_IN_A_ROW; epoch++) {
      const changed = augment(sample, augmentations, sampleKey(seed, 'augment', epoch, name));
      tiles.push(tile(changed, sample, `epoch ${epoch}`));
    }
  }
  return contactSheet(tiles, `${data}: ${listed(augmentations)}`, dataset.classNames, 0);
}

/** Shows values from the original's least, as black, to its greatest, so that changes of brightness are visible. */
function tile({ name, image, mask }: Sample, original: Sample, note: string): ContactTile {
  return { name, note, image: toRgb(image, extent(original.image.data)), mask };
}

function listed(augmentations: readonly Augmentation[]): string {
  return (
    augmentations.map(({ name, strength }) => (strength === 1 ? name : `${name}:${strength}`)).join(', ') || 'none'
  );
}
