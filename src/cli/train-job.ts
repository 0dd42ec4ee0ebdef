/** What a training needs, checked before anything is written: the data, the network and the memory. */
import { type Augmentation, parseAugmentations } from '../data/augment.js';
import { type Dataset, openDataset } from '../data/dataset.js';
import { syntheticDataset } from '../data/phantom.js';
import { createBackend, createModel } from '../index.js';
import { parseConfig } from '../model/config.js';
import type { Model } from '../model/model.js';
import { checkSize } from '../model/network.js';
import type { Checkpoint } from '../train/checkpoint.js';
import { outputsFor } from '../train/evaluate.js';
import type { EpochReport } from '../train/trainer.js';
import { requireForTraining } from './memory.js';
import type { Progress } from './progress.js';
import type { TrainOptions } from './train-options.js';
import { chooseWorkers } from './workers.js';

export interface Job {
  readonly options: TrainOptions;
  readonly augmentations: readonly Augmentation[];
  readonly dataset: Dataset;
  readonly model: Model;
  /** In bytes, as planned. */
  readonly memory: number;
  /** Where it goes on, and the epochs before. */
  readonly resume?: { readonly checkpoint: Checkpoint; readonly epochs: readonly EpochReport[] };
}

/** @throws InputError for options or data that do not do */
export async function prepareJob(options: TrainOptions, progress: Progress): Promise<Job> {
  const { data, size, seed, normalise: normalisation, backend, init } = options;
  const augmentations = parseAugmentations(options.augment);
  const asked = { size, seed, normalisation };
  const dataset = data === undefined ? syntheticDataset(asked) : await openDataset(data, asked);
  const { filters, skips, deepSupervision, norm, upsample, dropout } = options;
  const fields = {
    filters,
    skips,
    deepSupervision,
    norm,
    upsample,
    dropout,
    inChannels: dataset.channels,
    classes: outputsFor(dataset),
  };
  const config = parseConfig(fields, 'train');
  checkSize(config, size, size);
  const workers = chooseWorkers(config, options, dataset.split);
  const memory = requireForTraining(config, options, dataset.split, workers);
  await readAll(dataset, progress);
  const model = createModel(config, {
    backend: createBackend(backend, { workers, threads: workers }),
    seed,
    initialisation: init,
  });
  return { options, augmentations, dataset, model, memory };
}

/** Reads every image and mask once: a damaged one is found before hours of training, and before anything is written. */
async function readAll(dataset: Dataset, progress: Progress): Promise<void> {
  const names = [...dataset.split.train, ...dataset.split.validation];
  for (const [k, name] of names.entries()) {
    await dataset.load(name);
    progress.update('reading', k + 1, names.length, `${k + 1} of ${names.length} images`);
  }
}
