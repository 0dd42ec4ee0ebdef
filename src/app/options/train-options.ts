/** All options of a training in one table, for commands, run folders and callers of the library. */
import type { DatasetOptions } from '../../data/folder/read-dataset.js';
import { type LossOptions, spansImages } from '../../loss/loss.js';
import { parseLoss } from '../../loss/loss-text.js';
import type { CreateModelOptions } from '../../model/model.js';
import type { ModelConfig } from '../../network/config.js';
import type { TrainOptions } from '../../train/options.js';
import { recipeOptions } from '../recipes.js';
import type { BackendChoice } from './backend-options.js';
import { commonOptions } from './common-options.js';
import { DEFAULT_SIZE, dataOptions } from './data-options.js';
import { networkOptions } from './network-options.js';
import { optimizerOptions } from './optimizer-options.js';
import { type OptionTable, type OptionValues, type TotalTable, withTableDefaults } from './option.js';
import { planOptions } from './plan-options.js';
import { runOptions } from './run-options.js';
import { trainingOptions } from './training-options.js';

/** The options by the headings that help shows them under; those of every command are listed separately. */
export const trainGroups = {
  '': { ...recipeOptions, ...planOptions },
  'Data:': dataOptions,
  'Network:': networkOptions,
  'Training:': trainingOptions,
  'Optimizer:': optimizerOptions,
  'Result:': runOptions,
} satisfies Readonly<Record<string, OptionTable>>;

/** Options of the library that deliberately have no flag. */
const NO_FLAG = {
  // They follow from the data set.
  inChannels: null,
  classes: null,
  channels: null,
  classShares: null,
  // It is set by --split and --split-by.
  plan: null,
  // They are set by --loss, as one text.
  terms: null,
  // It is set by --checkpoint-steps and --checkpoint-minutes.
  checkpointEvery: null,
  // It follows from --init-from.
  initialWeightsSha256: null,
  // The program manages its memory.
  cacheBytes: null,
  // They are for programs only.
  signal: null,
  onProgress: null,
  observers: null,
  onCheckpoint: null,
  group: null,
} satisfies OptionTable;

/** The options of the library. */
type LibraryOptions = ModelConfig & CreateModelOptions & DatasetOptions & TrainOptions & LossOptions;

/** Values that are written differently on the command line and in config.json: names and texts in place of objects. */
interface Spelt {
  readonly augment: string;
  readonly backend: BackendChoice;
  readonly loss: string;
  readonly resume: string;
}

/**
 * The one table: commander's options, help and defaults, the library's options, config.json, what may differ when a run
 * resumes, and docs/commands.md derive from it. Without an option of the library, here or in `NO_FLAG`, it does not
 * compile.
 */
export const trainTable = {
  ...NO_FLAG,
  ...recipeOptions,
  ...planOptions,
  ...dataOptions,
  ...networkOptions,
  ...trainingOptions,
  ...optimizerOptions,
  ...runOptions,
  ...commonOptions,
} satisfies TotalTable<LibraryOptions, Spelt>;

/** The options of a training, complete except those that have no default. */
export interface TrainCommandOptions extends OptionValues<typeof trainTable> {}

/**
 * Completes the options with defaults for what is not given: a size, where no patch is. A loss over the batch means the whole mini-batch, which is
 * then computed as one micro-batch.
 */
export function completeOptions(given: Partial<TrainCommandOptions>): TrainCommandOptions {
  const { size = given.patch === undefined ? DEFAULT_SIZE : undefined } = given;
  const named = { ...given, ...(size !== undefined && { size }) };
  const all = withTableDefaults(trainTable, named, given.data === undefined ? 'phantom' : 'data');
  return given.microBatch === undefined && spansImages(lossOptions(all)) ? { ...all, microBatch: all.batch } : all;
}

/** The loss for `trainModel`. */
export function lossOptions(options: Pick<TrainCommandOptions, 'loss' | 'headWeights' | 'classWeights'>): LossOptions {
  const { loss, headWeights, classWeights } = options;
  return { terms: parseLoss(loss), headWeights, classWeights };
}
