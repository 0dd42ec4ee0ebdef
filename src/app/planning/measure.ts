/** How fast a planned training goes on this machine: a few steps and validations of it are done, with a model of their own. */
import { evenly } from '../../base/evenly.js';
import { CACHE_BYTES } from '../../data/cache.js';
import { type Dataset, examplesOf } from '../../data/dataset.js';
import type { Speed } from '../../plan/time.js';
import type { EpochReport } from '../../train/report.js';
import { trainModel } from '../../train/trainer.js';
import { modelOf, type PlannedTraining, trainOptionsOf } from '../training/job.js';
import { PICTURED } from '../training/pictures.js';

/** Steps of the optimizer, and images that are validated, of each of the two epochs that are tried: the first one warms up. */
const STEPS = 2;
const VALIDATED = 4;

/** Bytes of a sample's pixel: a channel, and the mask. */
const CHANNEL = 4;
const MASK = 1;

export type Measure = (planned: PlannedTraining, signal: AbortSignal) => Promise<Speed>;

/** Measures a training. @throws InputError for an image that is damaged, or the reason of the signal */
export const measureSpeed: Measure = async (planned, signal) => {
  const { dataset, options } = planned;
  const { split, sampler } = dataset;
  const { patches } = sampler;
  const train = evenly(split.train, STEPS * options.batch);
  const validation = evenly(bySize(dataset, split.validation), VALIDATED);
  const few = patches && { ...patches, perImage: Math.ceil((STEPS * options.batch) / train.length) };
  const tried = {
    ...dataset,
    split: { train, validation, test: [] },
    sampler: { ...sampler, ...(few && { patches: few }) },
  };
  const started = performance.now();
  for (const name of [...train, ...validation]) {
    signal.throwIfAborted();
    await dataset.load(name);
  }
  const reading = (performance.now() - started) / 1000 / pixelsOf(dataset, [...train, ...validation]);

  const model = modelOf(planned);
  const epochs: EpochReport[] = [];
  const twice = { ...trainOptionsOf(planned), epochs: 2, schedule: 'constant', warmup: 0, signal } as const;
  for await (const epoch of trainModel(model, tried, twice)) epochs.push(epoch);
  model.free();
  signal.throwIfAborted();
  const [first, second] = epochs as [EpochReport, EpochReport];

  const trained = examplesOf(tried) / second.imagesPerSecond;
  const validating = (second.seconds - trained) / pixelsOf(dataset, validation);
  const pictured = evenly(split.validation, PICTURED);
  const tested = options.test ? split.test : [];
  const read = [...split.train, ...split.validation, ...tested];
  // What the cache does not hold is read anew for each image or patch.
  const missing = Math.max(0, 1 - CACHE_BYTES / (pixelsOf(dataset, read) * (CHANNEL * dataset.channels + MASK)));
  return {
    once:
      reading * pixelsOf(dataset, read) +
      Math.max(0, first.seconds - second.seconds) +
      validating * pixelsOf(dataset, [...pictured, ...tested]),
    training:
      examplesOf(dataset) / second.imagesPerSecond +
      missing * (patches?.perImage ?? 1) * reading * pixelsOf(dataset, split.train),
    validation: (validating + missing * reading) * pixelsOf(dataset, split.validation),
  };
};

/** The images by how many pixels they have, so that a few of them are large and small. */
function bySize({ records }: Dataset, names: readonly string[]): string[] {
  const pixels = (name: string) => records.get(name)!.width * records.get(name)!.height;
  return [...names].sort((a, b) => pixels(a) - pixels(b));
}

/** How many pixels images have together, as they are stored. */
function pixelsOf({ records }: Dataset, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + records.get(name)!.width * records.get(name)!.height, 0);
}
