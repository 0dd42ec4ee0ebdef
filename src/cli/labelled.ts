/** The labelled images that a model is measured on. */
import { type Dataset, openDataset } from '../data/dataset.js';
import type { Model } from '../model/model.js';
import { namesOf } from '../train/evaluate.js';
import { requireForEvaluation } from './memory.js';

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
  const size = options.size ?? preprocessing.size ?? SIZE;
  const dataset = await openDataset(options.data, {
    size,
    normalisation: preprocessing.normalisation,
    seed: options.seed ?? trainingSeed(model) ?? 1,
    ...((inChannels === 1 || inChannels === 3) && { channels: inChannels }),
  });
  requireForEvaluation(model, { batch: BATCH, size, images: namesOf(dataset, options.subset).length });
  return dataset;
}

/** With another seed, images that the model was trained on would count as validation. */
function trainingSeed({ training }: Model): number | undefined {
  return typeof training?.seed === 'number' ? training.seed : undefined;
}
