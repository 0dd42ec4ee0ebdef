/** All options of a training in one table: what a command, a run folder or a caller may say of it. */
import type { DatasetOptions } from '../../data/folder/read-dataset.js';
import type { BackendName } from '../../index.js';
import { type LossOptions, spansImages } from '../../loss/loss.js';
import { parseLoss } from '../../loss/loss-text.js';
import type { CreateModelOptions } from '../../model/model.js';
import type { ModelConfig } from '../../network/config.js';
import type { TrainOptions } from '../../train/options.js';
import { recipeOptions } from '../recipes.js';
import { commonOptions } from './common-options.js';
import { dataOptions } from './data-options.js';
import { networkOptions } from './network-options.js';
import { optimizerOptions } from './optimizer-options.js';
import { type OptionTable, type OptionValues, type TotalTable, withTableDefaults } from './option.js';
import { runOptions } from './run-options.js';
import { trainingOptions } from './training-options.js';

/** The options by the headings that help shows them under; those of every command are shown by themselves. */
export const trainGroups = {
  '': recipeOptions,
  'Data:': dataOptions,
  'Network:': networkOptions,
  'Training:': trainingOptions,
  'Optimizer:': optimizerOptions,
  'Result:': runOptions,
} satisfies Readonly<Record<string, OptionTable>>;

/** Options of the library that deliberately have no flag. */
const NO_FLAG = {
  // The data set says them.
  inChannels: null,
  classes: null,
  channels: null,
  // --split and --split-by say it.
  plan: null,
  // --loss says them as one text.
  terms: null,
  // --checkpoint-steps and --checkpoint-minutes say it.
  checkpointEvery: null,
  // Memory is looked after by the program.
  cacheBytes: null,
  // They are there for programs.
  signal: null,
  onProgress: null,
  observers: null,
  onCheckpoint: null,
} satisfies OptionTable;

/** What the library takes. */
type LibraryOptions = ModelConfig & CreateModelOptions & DatasetOptions & TrainOptions & LossOptions;

/** What is said in other words on the command line and in config.json: names and texts in place of objects. */
interface Spelt {
  readonly augment: string;
  readonly backend: BackendName;
  readonly loss: string;
  readonly resume: string;
}

/**
 * The one table: commander's options, help and defaults, the library's options, config.json, what may differ where a run
 * goes on, and docs/commands.md derive from it. An option of the library that is neither here nor in `NO_FLAG` does not
 * compile.
 */
export const trainTable = {
  ...NO_FLAG,
  ...recipeOptions,
  ...dataOptions,
  ...networkOptions,
  ...trainingOptions,
  ...optimizerOptions,
  ...runOptions,
  ...commonOptions,
} satisfies TotalTable<LibraryOptions, Spelt>;

/** The options of a training, complete but for those that have no default. */
export interface TrainCommandOptions extends OptionValues<typeof trainTable> {}

/**
 * The options with defaults for what is not given. A loss over the images of a micro-batch is meant over those of the
 * mini-batch, so that both are one.
 */
export function completeOptions(given: Partial<TrainCommandOptions>): TrainCommandOptions {
  const all = withTableDefaults(trainTable, given, given.data === undefined ? 'phantom' : 'data');
  return given.microBatch === undefined && spansImages(lossOptions(all)) ? { ...all, microBatch: all.batch } : all;
}

/** The loss for `trainModel`. */
export function lossOptions(options: Pick<TrainCommandOptions, 'loss' | 'headWeights' | 'classWeights'>): LossOptions {
  const { loss, headWeights, classWeights } = options;
  return { terms: parseLoss(loss), headWeights, classWeights };
}
