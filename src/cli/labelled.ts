/** The labelled images that a model is measured on. */
import { type Dataset, openDataset } from '../data/dataset.js';
import type { Model } from '../model/model.js';
import { namesOf } from '../train/evaluate.js';
import { requireForEvaluation } from './memory.js';
import { trainedSplit } from './trained-split.js';

export const SUBSETS = ['validation', 'test', 'train', 'all'] as const;
/** Pixels a side for a model that has no size of its own. */
export const SIZE = 128;
/** Images computed at once. */
export const BATCH = 4;

interface LabelledOptions {
  readonly data: string;
  readonly subset: (typeof SUBSETS)[number];
  readonly size?: number;
  readonly seed?: number;
}

/**
 * A data folder as the model reads it: its size, its normalisation, its channels, and the split of its training.
 * @throws InputError for a folder or a subset that does not fit, or where memory does not suffice
 */
export async function openLabelled(model: Model, options: LabelledOptions): Promise<Dataset> {
  const { config, preprocessing } = model;
  const { inChannels } = config;
  const { seed = 1, plan } = trainedSplit(model);
  const size = options.size ?? preprocessing.size ?? SIZE;
  const dataset = await openDataset(options.data, {
    size,
    normalisation: preprocessing.normalisation,
    seed: options.seed ?? seed,
    ...(plan && options.subset !== 'all' && { plan }),
    ...((inChannels === 1 || inChannels === 3) && { channels: inChannels }),
  });
  requireForEvaluation(model, { batch: BATCH, size, images: namesOf(dataset, options.subset).length });
  return dataset;
}
