/** What a training needs, checked before anything is written: the data, the network and the memory. */
import { type Augmentation, parseAugmentations } from '../data/augment.js';
import { type Dataset, openDataset } from '../data/dataset.js';
import { syntheticDataset } from '../data/phantom.js';
import { createBackend, createModel } from '../index.js';
import { type ModelConfig, parseConfig } from '../model/config.js';
import type { Model } from '../model/model.js';
import { checkSize } from '../model/network.js';
import type { Checkpoint } from '../train/checkpoint.js';
import { outputsFor } from '../train/evaluate.js';
import type { RunConfig } from '../train/run.js';
import type { EpochReport } from '../train/trainer.js';
import { requireForTraining } from './memory.js';
import type { Progress } from './progress.js';
import type { TrainOptions } from './train-options.js';
import { chooseWorkers } from './workers.js';

/** A training whose options do, before anything of it is allocated. */
export interface PlannedJob {
  readonly options: TrainOptions;
  readonly augmentations: readonly Augmentation[];
  readonly dataset: Dataset;
  readonly config: ModelConfig;
  readonly workers: number;
  /** In bytes, as planned. */
  readonly memory: number;
}

export interface Job extends PlannedJob {
  readonly model: Model;
  /** Where it goes on, and the epochs before. */
  readonly resume?: { readonly checkpoint: Checkpoint; readonly epochs: readonly EpochReport[] };
}

/** @throws InputError for options or data that do not do */
export async function prepareJob(options: TrainOptions, progress: Progress): Promise<Job> {
  const dataset = await openData(options);
  const planned = planJob(options, dataset);
  await readAll(dataset, [...dataset.split.train, ...dataset.split.validation], progress);
  return startJob(planned);
}

export async function openData({ data, size, seed, normalise: normalisation }: TrainOptions): Promise<Dataset> {
  const asked = { size, seed, normalisation };
  return data === undefined ? syntheticDataset(asked) : openDataset(data, asked);
}

/** @throws InputError for options that do not fit each other, the data set or the memory */
export function planJob(options: TrainOptions, dataset: Dataset): PlannedJob {
  const augmentations = parseAugmentations(options.augment);
  const { filters, skips, deepSupervision, norm, upsample, dropout, size } = options;
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
  return { options, augmentations, dataset, config, workers, memory };
}

/** Makes the model, on a backend of its own. */
export function startJob(planned: PlannedJob): Job {
  const { options, config, workers } = planned;
  const model = createModel(config, {
    backend: createBackend(options.backend, { workers, threads: workers }),
    seed: options.seed,
    initialisation: options.init,
  });
  return { ...planned, model };
}

/** Reads images and masks once: a damaged one is found before hours of training, and before anything is written. */
export async function readAll(dataset: Dataset, names: readonly string[], progress: Progress): Promise<void> {
  for (const [k, name] of names.entries()) {
    await dataset.load(name);
    progress.update('reading', k + 1, names.length, `${k + 1} of ${names.length} images`);
  }
}

/** For config.json: what the run goes on with, and what came of it. */
export function asked({ options, dataset, config }: PlannedJob): RunConfig {
  const { json, quiet, resume, out, ...asked } = options;
  return { ...asked, data: options.data ?? null, config, split: dataset.split };
}
