/** The images of a training: where they come from, and reading them all before it begins. */

import { openDataset } from '#platform/data.js';
import { defined } from '../../base/defaults.js';
import { classPixels } from '../../data/class-shares.js';
import type { Dataset } from '../../data/dataset.js';
import type { ReadingOptions } from '../../data/folder/format.js';
import { syntheticDataset } from '../../data/phantom/phantom.js';
import { sampleDigest } from '../../data/sample-digest.js';
import type { SamplingOptions } from '../../data/sampler.js';
import type { Digests } from '../../train/checkpoint/run-record.js';
import { type Observer, progressOf } from '../observer.js';
import { readingOf } from '../options/data-options.js';
import { phantomCounts, planOf, refuseSecondSplit } from '../options/split-options.js';
import type { TrainCommandOptions } from '../options/train-options.js';

/** Opens the data set of the options: a folder, or the phantom. */
export async function openData(options: TrainCommandOptions): Promise<Dataset> {
  const { data, seed } = options;
  const plan = planOf(options);
  const common = { ...samplingOptions(options), seed };
  if (data === undefined) return syntheticDataset({ ...common, ...(plan && phantomCounts(plan)) });
  const dataset = await openDataset(data, { ...common, ...(plan && { plan }) });
  refuseSecondSplit(plan, data, dataset.splitOrigin === 'split.json');
  return dataset;
}

/** How the files of the options become samples. */
function samplingOptions(options: TrainCommandOptions): SamplingOptions & ReadingOptions {
  const { normalisation, size, fit, patch, spacing, foreground, patches } = options;
  const sampling = { normalisation, size, fit, patch, spacing, foreground, patches };
  return { ...(defined(sampling) as SamplingOptions), ...readingOf(options) };
}

/** Returns the name of the folder of a run or a study on this data, unless the user names another. */
export function folderName({ source, name }: Dataset): string {
  return source === 'synthetic' ? 'phantom' : name;
}

/** What a training knows of its images once they are read. */
export interface ReadSamples {
  /** The digest of each image. */
  readonly digests: Digests;
  /** How many pixels of each class the mask of an image has, see `classPixels`. */
  readonly pixels: ReadonlyMap<string, readonly number[]>;
}

/**
 * Reads images and masks once: a damaged one is found before hours of training. They are read in the order of their names,
 * whatever that of a split.json: the slices of a volume follow each other, so that it is inflated once. `signal` ends it
 * early.
 */
export async function readSamples(
  dataset: Dataset,
  names: readonly string[],
  observer: Observer,
  signal: AbortSignal,
): Promise<ReadSamples> {
  const onProgress = progressOf(observer, 'reading');
  // Each digest is computed while the next image is read.
  const digests = new Map<string, Promise<string>>();
  const pixels = new Map<string, readonly number[]>();
  const lossy: { name: string; vanished: number }[] = [];
  for (const [k, name] of names.toSorted().entries()) {
    if (signal.aborted) break;
    const sample = await dataset.load(name);
    digests.set(name, sampleDigest(sample));
    pixels.set(name, classPixels(sample.mask, dataset.classes));
    if (sample.vanished) lossy.push({ name, vanished: sample.vanished });
    onProgress(k + 1, names.length);
  }
  if (lossy.length > 0)
    observer.remark?.({ kind: 'vanished', preprocessing: dataset.sampler.preprocessing, images: lossy });
  const settled = await Promise.all([...digests].map(async ([name, digest]) => [name, await digest] as const));
  return { digests: new Map(settled), pixels };
}
