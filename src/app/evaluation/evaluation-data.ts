/** The labelled images that a model is measured on. */

import { openDataset } from '#platform/data.js';
import { defined } from '../../base/defaults.js';
import type { Dataset } from '../../data/dataset.js';
import type { DatasetOptions } from '../../data/folder/read-dataset.js';
import { storedChannels } from '../../data/record.js';
import type { SamplingOptions } from '../../data/sampler.js';
import { namesOf } from '../../evaluate/labelled-batches.js';
import type { Member } from '../../evaluate/members.js';
import type { Size } from '../../image/frame.js';
import type { Preprocessing } from '../../image/prepare.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Tta } from '../../infer/tta.js';
import type { Model } from '../../model/model.js';
import { requireForEvaluation } from '../memory.js';
import type { LoadedModel } from '../models/load-models.js';
import type { Observer } from '../observer.js';
import { requireSameClasses } from './same-classes.js';
import { trainedSplit } from './trained-split.js';
import { requireUnseen } from './unseen.js';

/** The images that a model can be measured on. */
export const measurable = ['validation', 'test', 'train', 'all'] as const;

/** The width and height in pixels at which the cost of a model is told that has no size of its own. */
const COST_SIZE = 128;

/** How many images are computed at once. */
export const EVALUATION_BATCH = 4;

/** Which images a model is measured on. */
export interface EvaluationDataOptions {
  /** The data folder. */
  readonly data: string;
  readonly subset: (typeof measurable)[number];
  /** Which volume of a file that holds several is read. */
  readonly volume?: number;
  /** Whether masks number objects, which are all foreground. */
  readonly instances?: boolean;
  /** Width and height that images are brought to. Default: as in the training; where that had none, they keep their own. */
  readonly size?: number;
  /** How images are tiled that keep their own size. */
  readonly tiling: Tiling;
  /** Over which copies of an image is averaged. */
  readonly tta: Tta;
  /** The seed with which the split is drawn where the folder has none. Default: that of the training, else 1. */
  readonly seed?: number;
}

/**
 * Opens a data folder as each model reads it: with its size, its normalisation and its channels, and for all of them the
 * split of the first one's training. Models that read it alike share the data set.
 * @throws InputError for a folder or a subset that does not fit, or where memory does not suffice
 */
export async function openEvaluationData(
  loaded: readonly Pick<LoadedModel, 'file' | 'model'>[],
  options: EvaluationDataOptions,
  observer: Observer,
): Promise<Member[]> {
  const { subset, tiling, tta } = options;
  const { seed = 1, plan } = trainedSplit(loaded[0]!.model);
  const split = { seed: options.seed ?? seed, ...(plan && subset !== 'all' && { plan }) };
  const given = defined({ volume: options.volume, instances: options.instances });
  const opened = new Map<string, Dataset>();
  const members: Member[] = [];
  for (const { model } of loaded) {
    const reading = readingOf(model, options.size);
    const key = JSON.stringify(reading);
    const dataset = opened.get(key) ?? (await openDataset(options.data, { ...reading, ...split, ...given }));
    if (!opened.has(key)) remarkOnChannels(model, dataset, observer);
    opened.set(key, dataset);
    members.push({ model, dataset });
  }
  const { dataset } = members[0]!;
  requireSameClasses(loaded, dataset);
  requireUnseen(loaded, dataset, subset);
  requireForEvaluation(members, { names: namesOf(dataset, subset), batch: EVALUATION_BATCH, tiling, tta });
  return members;
}

/** How a model reads the images of a folder. */
function readingOf({ config: { inChannels }, card }: Model, size: number | undefined): Omit<DatasetOptions, 'seed'> {
  const { normalisation, plane, neighbours } = card.preprocessing;
  const sampling = { ...samplingOf(card.preprocessing, size), ...defined({ normalisation, plane, neighbours }) };
  return { ...sampling, channels: inChannels };
}

function remarkOnChannels({ config: { inChannels } }: Model, { records }: Dataset, observer: Observer): void {
  const stored = storedChannels(records);
  if (inChannels === 3 && stored === 1) observer.remark?.({ kind: 'converted', from: 'grey' });
  if (inChannels === 1 && stored === 3) observer.remark?.({ kind: 'converted', from: 'RGB' });
}

/** How the samples of an evaluation are made: as the model sees images that it predicts, or at another size. */
function samplingOf({ size, fit, patch, spacing }: Preprocessing, given: number | undefined): SamplingOptions {
  const side = given ?? size;
  if (side !== undefined) return { size: side, ...(fit && { fit }) };
  // No patch is drawn: its size only says at which size the cost of a network is told.
  return { patch: patch ?? COST_SIZE, patches: 1, ...(spacing !== undefined && { spacing }) };
}

/** At which sizes images are seen and scored. */
export interface EvaluatedSizes {
  /** The size at which the network sees the images; null where they keep their own. */
  readonly size: number | null;
  /** The own sizes of the images, at which they are scored: the smallest and the largest of them. */
  readonly scoredAt: readonly [smallest: Size, largest: Size];
}

export function sizesOf(dataset: Dataset, subset: EvaluationDataOptions['subset']): EvaluatedSizes {
  const { records, sampler } = dataset;
  const sizes = namesOf(dataset, subset)
    .map((name) => records.get(name)!)
    .map(({ width, height }) => ({ width, height }))
    .sort((a, b) => a.width * a.height - b.width * b.height);
  return { size: sampler.preprocessing.size ?? null, scoredAt: [sizes[0]!, sizes.at(-1)!] };
}
