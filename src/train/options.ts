/** The options of training, their defaults and their limits. */

import { checkCount } from '../base/checks.js';
import { withDefaults } from '../base/defaults.js';
import { InputError } from '../base/errors.js';
import type { Group } from '../base/ranks/group.js';
import type { Augment } from '../data/augment/augment.js';
import { type LossOptions, spansImages } from '../loss/loss.js';
import type { Checkpoint } from './checkpoint/checkpoint.js';
import type { RunObserver } from './observer.js';
import { type OptimizerOptions, optimizerDefaults } from './optimizer/optimizer.js';
import { type ScheduleOptions, type ScheduleSettings, scheduleSettings } from './optimizer/schedule.js';

export interface TrainOptions extends OptimizerOptions, ScheduleOptions {
  /** How many epochs to train for at most. Default: 30. */
  readonly epochs?: number;
  /** How many images a mini-batch has, after which the optimizer takes a step. Default: 16. */
  readonly batch?: number;
  /**
   * How many images one of the backend's workers computes at once. Memory grows with it, and batch norm takes its
   * statistics over it, as do terms of the loss that go over the batch. Default: 4; with such a term the whole batch.
   */
  readonly microBatch?: number;
  /** The highest learning rate of the schedule. Default: 3e-4, the paper's. */
  readonly learningRate?: number;
  /** The seed of shuffling, augmentation and dropout. Default: 1. */
  readonly seed?: number;
  /** The loss to minimise. Default: the hybrid loss, 0.5 cross-entropy + (1 - Dice), on every head. */
  readonly loss?: LossOptions;
  /** Ends the training after so many epochs in a row without improvement. Default: never. */
  readonly patience?: number;
  /**
   * The decay of a moving average of the weights, 0.999 for example, which is validated and kept as the best in place of
   * the weights (see `WeightAverage`). Default: the weights themselves.
   */
  readonly emaDecay?: number;
  /**
   * Augments a sample before it is trained on; `key` belongs to the seed, the epoch and the sample. Where the data set draws
   * patches, it is given the window of the sample that it returns, and `key` belongs to the patch, too. Default: none.
   */
  readonly augment?: Augment;
  /** The `weightsSha256` of the model that this one was initialised from, which its card then names. */
  readonly initialWeightsSha256?: string;
  /** Ends the training within a micro-batch; the best weights so far are kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Observers of the run, which are called at its steps and epochs. */
  readonly observers?: readonly RunObserver[];
  /** Resumes from a checkpoint as if there had been no break. Options that change numbers must be as they were. */
  readonly resume?: Checkpoint;
  /**
   * Is given all that is needed to resume: after each epoch, when its report has been read (not after a `break`), when
   * `signal` ends the training, and as often as `checkpointEvery` says. The training waits for it; the checkpoint is the
   * live memory, to be written before the promise is fulfilled.
   */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void>;
  /**
   * The processes that train together: each calls `trainModel` with the same options and data, and the model that it has
   * made of them; `resume` is given by rank 0 alone, whose state the others take. All end with the bits of a training in one
   * process. `signal` then ends nothing: the group's own does, when all have agreed. Default: this process trains alone.
   */
  readonly group?: Group;
  /** Also writes checkpoints within epochs: after so many steps of the optimizer, or minutes. Default: neither. */
  readonly checkpointEvery?: { readonly steps?: number; readonly minutes?: number };
}

/** How far an epoch has come, after each micro-batch. */
export interface TrainProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly phase: 'training' | 'validation';
  /** How many images of this phase are done, and below how many it has. */
  readonly done: number;
  readonly total: number;
  readonly imagesPerSecond: number;
}

/** The values of options that are left out; see `scheduleDefaults` for those of the schedule. */
export const trainDefaults = {
  ...optimizerDefaults,
  epochs: 30,
  batch: 16,
  microBatch: 4,
  learningRate: 3e-4,
  seed: 1,
  patience: Infinity,
};

export type TrainSettings = Omit<TrainOptions, keyof ScheduleOptions> &
  typeof trainDefaults & { readonly rate: ScheduleSettings };

/** Completes the options with their defaults. @throws InputError that names the option that is not allowed */
export function trainSettings(options: TrainOptions): TrainSettings {
  const { batch = trainDefaults.batch, loss = {} } = options;
  const microBatch = spansImages(loss) ? batch : trainDefaults.microBatch;
  const settings = withDefaults({ ...trainDefaults, microBatch }, options);
  for (const name of ['epochs', 'batch', 'microBatch'] as const) checkCount(settings[name], `training: ${name}`);
  const { learningRate, patience, seed, emaDecay = 0, checkpointEvery = {} } = settings;
  const expect = (condition: boolean, name: keyof TrainOptions, value: number, expected: string) => {
    if (!condition) throw new InputError(`training: ${name} is ${value}, expected ${expected}`);
  };
  expect(learningRate > 0 && learningRate < Infinity, 'learningRate', learningRate, 'a number above 0');
  expect(patience >= 1, 'patience', patience, 'at least 1 epoch');
  expect(Number.isSafeInteger(seed), 'seed', seed, 'a whole number');
  expect(emaDecay >= 0 && emaDecay < 1, 'emaDecay', emaDecay, 'at least 0 and below 1');
  for (const [unit, value] of Object.entries(checkpointEvery)) {
    expect(value > 0, 'checkpointEvery', value, `a number of ${unit} above 0`);
  }
  return { ...settings, rate: scheduleSettings(settings) };
}
