/** Whether the images that several models are measured on are held out of the training of each. */

import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import type { Dataset } from '../../data/dataset.js';
import { splitDigest } from '../../data/split/digest.js';
import type { Subset } from '../../data/split/split.js';
import type { LoadedModel } from '../models/load-models.js';
import { type TrainedSplit, trainedSplit } from './trained-split.js';

/**
 * Refuses a subset in which images may be that trained one of several models: the folds of a study, for example, were
 * trained on the validation and test images of the others. One model alone is measured on the split of its training.
 * @throws InputError that names the models, or the model and the data folder, whose splits differ
 */
export function requireUnseen(
  loaded: readonly Pick<LoadedModel, 'file' | 'model'>[],
  dataset: Dataset,
  subset: Subset | 'all',
): void {
  if (loaded.length === 1 || subset === 'all' || subset === 'train') return;
  const trained = loaded.map(({ file, model }) => ({ file, ...trainedSplit(model) }));
  const [first] = trained;
  const isDrawn = dataset.splitOrigin === 'drawn';
  const other = trained.find((each) => !sameSplit(first!, each, isDrawn));
  if (other && (subset === 'validation' || isDrawn)) {
    throw new InputError(
      `${first!.file} and ${other.file} were trained with different splits, and "${subset}" may hold images that one of them was trained on; take --subset test of a split.json, or --subset all of other data`,
    );
  }
  const digest = splitDigest(dataset.split);
  const stranger = trained.find((each) => each.name === dataset.name && (each.digest ?? digest) !== digest);
  if (stranger) {
    throw new InputError(
      `${stranger.file} was not trained with the split of ${dataset.source}, whose "${subset}" may hold images that it was trained on; take --subset all of other data`,
    );
  }
}

/** Whether two trainings had the same split, as far as their models say. @param isDrawn whether the folder has none */
function sameSplit(a: TrainedSplit, b: TrainedSplit, isDrawn: boolean): boolean {
  if (a.digest !== undefined && b.digest !== undefined) return a.digest === b.digest;
  // Models of earlier versions say how a split is drawn, which means nothing where the folder has one.
  return !isDrawn || (a.seed === b.seed && deepEqual(a.plan, b.plan));
}
