/** The parts of a training, checked before anything is written: the network, its backend and the memory. */
import type { Backend } from '../../backend/backend.js';
import { InputError } from '../../base/errors.js';
import type { Group } from '../../base/ranks/group.js';
import { type Augmentation, augment, parseAugmentations } from '../../data/augment/augment.js';
import { sharesOf } from '../../data/class-shares.js';
import type { Dataset } from '../../data/dataset.js';
import { outputsFor } from '../../evaluate/labelled-batches.js';
import { createModel, type Model } from '../../model/model.js';
import { type ModelConfig, parseConfig } from '../../network/config.js';
import { checkSize } from '../../network/network.js';
import type { Checkpoint } from '../../train/checkpoint/checkpoint.js';
import type { TrainOptions } from '../../train/options.js';
import type { EpochReport } from '../../train/report.js';
import type { Settled } from '../backend.js';
import { requireForTraining } from '../memory.js';
import type { Observer } from '../observer.js';
import { lossOptions, type TrainCommandOptions } from '../options/train-options.js';
import { agreeOnImages, tellOptions } from './agreement.js';
import { type InitialModel, requireSameNetwork } from './initial-model.js';
import { type ReadSamples, readSamples } from './training-data.js';
import { backendFor } from './workers.js';

/** A training whose options fit each other, the data and the memory, before anything of it is allocated. */
export interface PlannedTraining {
  readonly options: Settled<TrainCommandOptions>;
  readonly augmentations: readonly Augmentation[];
  readonly dataset: Dataset;
  readonly config: ModelConfig;
  /** The weights that it begins from, where they are not drawn. */
  readonly initial?: InitialModel;
  /** The backend, which has not taken any memory yet. */
  readonly backend: Backend;
  /** The memory that the training will take, in bytes. */
  readonly memory: number;
  /** The ranks that train together, where there are several. */
  readonly group?: Group;
}

/** A training that is ready to begin. */
export interface TrainingJob extends PlannedTraining {
  readonly model: Model;
  /** What is known of each image that is trained or validated on; others may be among them. */
  readonly read: ReadSamples;
  /** The checkpoint from which it resumes, and the epochs before. */
  readonly resume?: { readonly checkpoint: Checkpoint; readonly epochs: readonly EpochReport[] };
}

/**
 * Reads the images of a training and makes its model; undefined where `signal` ends that. The ranks of a group compare what
 * they have read.
 * @throws InputError for an image that is damaged
 */
export async function loadJob(
  planned: PlannedTraining,
  observer: Observer,
  signal: AbortSignal,
): Promise<TrainingJob | undefined> {
  const { dataset, options, group } = planned;
  if (group?.rank === 0) await tellOptions(group, options);
  const { train, validation, test } = dataset.split;
  const read = await readSamples(dataset, [...train, ...validation, ...(options.test ? test : [])], observer, signal);
  if (group) await agreeOnImages(group, planned, read);
  // A signal that has reached this rank alone ends nothing yet.
  return (group?.stopped ?? signal).aborted ? undefined : createJob(planned, read);
}

/**
 * Plans a training; whoever plans it closes its backend.
 * @throws InputError for options that do not fit each other, the data set or the memory, or where a GPU is missing
 */
export async function planTraining(
  options: Settled<TrainCommandOptions>,
  dataset: Dataset,
  initial?: InitialModel,
): Promise<PlannedTraining> {
  const augmentations = parseAugmentations(options.augment);
  if (options.test) requireTestImages(dataset);
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
  if (initial) requireSameNetwork(config, initial);
  const { size, patches } = dataset.sampler;
  checkSize(config, size, size, patches && '--patch');
  const backend = await backendFor(config, options, dataset);
  try {
    const memory = requireForTraining(config, options, dataset, backend);
    return { options, augmentations, dataset, config, ...(initial && { initial }), backend, memory };
  } catch (error) {
    backend.close();
    throw error;
  }
}

/** @throws InputError where there are no images to test on */
function requireTestImages({ split, splitOrigin, source }: Dataset): void {
  if (split.test.length > 0) return;
  const advice = {
    'split.json': 'name some in its split.json',
    drawn: 'give them a share with --split 80%,10%,10%',
    synthetic: 'give them a number with --split 160,32,32',
  };
  throw new InputError(`--test: ${source} has no test images; ${advice[splitOrigin]}, or leave --test out`);
}

/** Returns the options of a training for `trainModel`: those that follow from the options alone. */
export function trainOptionsOf({ options, augmentations }: PlannedTraining): TrainOptions {
  const { resume: _, ...same } = options;
  return {
    ...same,
    loss: lossOptions(options),
    augment: (sample, key, window) => augment(sample, augmentations, key, window),
  };
}

/** Makes the job, with its model on the backend that was planned for it. */
export function createJob(planned: PlannedTraining, read: ReadSamples): TrainingJob {
  const shares = sharesOf(planned.dataset.split.train.map((name) => read.pixels.get(name)!));
  return { ...planned, model: modelOf(planned, shares), read };
}

/** Makes a model with initial values. @param classShares the share of each class in the training images, where it is known */
export function modelOf({ options, config, backend }: PlannedTraining, classShares?: readonly number[]): Model {
  const { seed, initialisation } = options;
  return createModel(config, { backend, seed, initialisation, ...(classShares && { classShares }) });
}
