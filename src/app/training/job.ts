/** What a training needs, checked before anything is written: the data, the network and the memory. */

import { InputError } from '../../base/errors.js';
import { phantomCounts, planOf, refuseSecondSplit } from '../../cli/options/split-options.js';
import type { TrainCommandOptions } from '../../cli/options/train-options.js';
import { vanishedText } from '../../cli/tables/format.js';
import type { ProgressBar } from '../../cli/terminal/progress.js';
import { type Augmentation, parseAugmentations } from '../../data/augment/augment.js';
import { type Dataset, openDataset } from '../../data/dataset.js';
import { syntheticDataset } from '../../data/phantom/phantom.js';
import { sampleDigest } from '../../data/sample-digest.js';
import { outputsFor } from '../../evaluate/evaluate.js';
import { createBackend, createModel } from '../../index.js';
import { type ModelConfig, parseConfig } from '../../model/config.js';
import type { Model } from '../../model/model.js';
import { checkSize } from '../../model/network.js';
import type { RunConfig } from '../../platform/node/runs/run-folder.js';
import type { Checkpoint } from '../../train/checkpoint.js';
import type { EpochReport } from '../../train/report.js';
import type { Digests } from '../../train/run-record.js';
import { requireForTraining } from '../memory.js';
import { chooseWorkers } from './workers.js';

/** A training whose options do, before anything of it is allocated. */
export interface PlannedTraining {
  readonly options: TrainCommandOptions;
  readonly augmentations: readonly Augmentation[];
  readonly dataset: Dataset;
  readonly config: ModelConfig;
  readonly workers: number;
  /** In bytes, as planned. */
  readonly memory: number;
}

export interface TrainingJob extends PlannedTraining {
  readonly model: Model;
  /** Of the images at least that are trained and validated on. */
  readonly digests: Digests;
  /** Where it goes on, and the epochs before. */
  readonly resume?: { readonly checkpoint: Checkpoint; readonly epochs: readonly EpochReport[] };
}

/**
 * Reads the images of a training and makes its model; undefined where `signal` ends that.
 * @throws InputError for an image that is damaged
 */
export async function loadJob(
  planned: PlannedTraining,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<TrainingJob | undefined> {
  const { dataset, options } = planned;
  const { train, validation, test } = dataset.split;
  const digests = await readAll(dataset, [...train, ...validation, ...(options.test ? test : [])], progress, signal);
  return signal.aborted ? undefined : startJob(planned, digests);
}

export async function openData(options: TrainCommandOptions): Promise<Dataset> {
  const { data, size, seed, normalise: normalisation } = options;
  const plan = planOf(options);
  const toRunConfig = { size, seed, normalisation };
  if (data === undefined) return syntheticDataset({ ...toRunConfig, ...(plan && phantomCounts(plan)) });
  const dataset = await openDataset(data, { ...toRunConfig, ...(plan && { plan }) });
  refuseSecondSplit(plan, data, dataset.splitOrigin === 'split.json');
  return dataset;
}

/** @throws InputError for options that do not fit each other, the data set or the memory */
export function planJob(options: TrainCommandOptions, dataset: Dataset): PlannedTraining {
  const augmentations = parseAugmentations(options.augment);
  if (options.test) requireTestImages(dataset);
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

/** @throws InputError where `--test` has nothing to measure on */
function requireTestImages({ split, splitOrigin, source }: Dataset): void {
  if (split.test.length > 0) return;
  const advice = {
    'split.json': 'name some in its split.json',
    drawn: 'give them a share with --split 80%,10%,10%',
    synthetic: 'give them a number with --split 160,32,32',
  };
  throw new InputError(`--test: ${source} has no test images; ${advice[splitOrigin]}, or leave --test out`);
}

/** Makes the model, on a backend of its own. */
export function startJob(planned: PlannedTraining, digests: Digests): TrainingJob {
  const { options, config, workers } = planned;
  const model = createModel(config, {
    backend: createBackend(options.backend, { workers, threads: workers }),
    seed: options.seed,
    initialisation: options.init,
  });
  return { ...planned, model, digests };
}

/** Reads images and masks once: a damaged one is found before hours of training. `signal` ends it early. */
export async function readAll(
  dataset: Dataset,
  names: readonly string[],
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<Digests> {
  const digests = new Map<string, string>();
  const lossy: { name: string; vanished: number }[] = [];
  for (const [k, name] of names.entries()) {
    if (signal.aborted) break;
    const sample = await dataset.load(name);
    digests.set(name, sampleDigest(sample));
    if (sample.vanished !== undefined) lossy.push({ name, vanished: sample.vanished });
    progress.update('reading', k + 1, names.length, `${k + 1} of ${names.length} images`);
  }
  const text = vanishedText(lossy, dataset.size);
  if (text !== undefined) progress.line(`remark    ${text}`);
  return digests;
}

/** For config.json: what the run goes on with, and what came of it. */
export function asked({ options, dataset, config }: PlannedTraining): RunConfig {
  const { json, quiet, resume, continue: _, wait, out, force, split, ...asked } = options;
  const splitSizes = split === undefined ? {} : { splitSizes: split };
  return { ...asked, ...splitSizes, data: options.data ?? null, config, split: dataset.split };
}
