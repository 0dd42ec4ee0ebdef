/** The labelled images that a model is measured on. */
import type { Dataset } from '../../data/dataset.js';
import { storedChannels } from '../../data/record.js';
import { namesOf } from '../../evaluate/labelled-batches.js';
import type { Model } from '../../model/model.js';
import { openDataset } from '../../platform/node/data.js';
import { requireForEvaluation } from '../memory.js';
import type { Observer } from '../observer.js';
import { trainedSplit } from './trained-split.js';

/** The images that a model can be measured on. */
export const measurable = ['validation', 'test', 'train', 'all'] as const;

/** The width and height in pixels for a model that has no size of its own. */
export const EVALUATION_SIZE = 128;

/** How many images are computed at once. */
export const EVALUATION_BATCH = 4;

/** Which images a model is measured on. */
export interface EvaluationDataOptions {
  /** The model file. */
  readonly model: string;
  /** The data folder. */
  readonly data: string;
  readonly subset: (typeof measurable)[number];
  /** Width and height that images are resized to. Default: those of the training, else `EVALUATION_SIZE`. */
  readonly size?: number;
  /** The seed with which the split is drawn where the folder has none. Default: that of the training, else 1. */
  readonly seed?: number;
}

/**
 * Opens a data folder as the model reads it: with its size, its normalisation, its channels, and the split of its
 * training.
 * @throws InputError for a folder or a subset that does not fit, or where memory does not suffice
 */
export async function openEvaluationData(
  model: Model,
  options: EvaluationDataOptions,
  observer: Observer,
): Promise<Dataset> {
  const { config, card } = model;
  const { preprocessing } = card;
  const { inChannels } = config;
  const { seed = 1, plan } = trainedSplit(model);
  const size = options.size ?? preprocessing.size ?? EVALUATION_SIZE;
  const dataset = await openDataset(options.data, {
    size,
    normalisation: preprocessing.normalisation,
    seed: options.seed ?? seed,
    ...(plan && options.subset !== 'all' && { plan }),
    ...((inChannels === 1 || inChannels === 3) && { channels: inChannels }),
  });
  const stored = storedChannels(dataset.records);
  if (inChannels === 3 && stored === 1) observer.remark?.({ kind: 'converted', from: 'grey' });
  if (inChannels === 1 && stored === 3) observer.remark?.({ kind: 'converted', from: 'RGB' });
  requireForEvaluation(model, { batch: EVALUATION_BATCH, size, images: namesOf(dataset, options.subset).length });
  return dataset;
}
