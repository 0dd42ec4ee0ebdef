/** The options of `unetpp train`. */
import { type Command, Option } from 'commander';
import { type ForceOption, forceOption } from '../../app/outputs.js';
import { type RecipeName, recipeList, recipeNames, recipeOptions } from '../../app/recipes.js';
import { AUGMENTATIONS } from '../../data/augment/augment.js';
import { type Normalisation, normalisations } from '../../image/normalise.js';
import { type BackendName, backends, type Threads } from '../../index.js';
import { type LossOptions, spansImages } from '../../loss/loss.js';
import { lossText, parseLoss } from '../../loss/loss-text.js';
import { type Norm, norms, type Skips, skipPatterns, type Upsampling, upsamplings } from '../../model/config.js';
import { type Initialisation, initialisations } from '../../model/initialisation.js';
import { type OptimizerName, optimizers } from '../../train/optimizer.js';
import { type ScheduleName, schedules } from '../../train/schedule.js';
import { type CommonOptions, command, givenOptions } from '../program.js';
import { between, loss, path, positive, side, threads, weights, whole, wholeList } from './parsers.js';
import { type SplitOptions, splitByOption, splitOption } from './split-options.js';

export interface TrainCommandOptions extends CommonOptions, ForceOption, SplitOptions {
  readonly recipe?: RecipeName;
  readonly data?: string;
  readonly size: number;
  readonly normalise: Normalisation;
  readonly augment: string;
  readonly filters: readonly number[];
  readonly skips: Skips;
  readonly deepSupervision: boolean;
  readonly norm: Norm;
  readonly upsample: Upsampling;
  readonly dropout: number;
  readonly init: Initialisation;
  readonly epochs: number;
  readonly batch: number;
  readonly microBatch: number;
  readonly optimizer: OptimizerName;
  readonly loss: string;
  readonly headWeights?: number[];
  readonly classWeights?: number[];
  readonly lr: number;
  readonly weightDecay?: number;
  readonly schedule: ScheduleName;
  readonly warmup: number;
  readonly minLr: number;
  readonly clip?: number;
  readonly ema?: number;
  readonly patience?: number;
  readonly test?: boolean;
  readonly seed: number;
  readonly workers: Threads;
  readonly backend: BackendName;
  readonly out?: string;
  readonly resume?: string;
  readonly continue?: boolean;
  /** Seconds. */
  readonly wait?: number;
  readonly checkpointSteps?: number;
  readonly checkpointMinutes?: number;
  readonly logSteps?: number;
}

/**
 * What the paper takes, and what suits the demonstration on the phantom: a small network, and a norm, with which it
 * learns in a few epochs.
 */
const DEFAULTS = {
  data: {
    epochs: 30,
    batch: 16,
    microBatch: 4,
    filters: [32, 64, 128, 256, 512],
    norm: 'none',
    lr: 3e-4,
    augment: 'none',
  },
  phantom: {
    epochs: 8,
    batch: 4,
    microBatch: 1,
    filters: [8, 16, 32, 64, 128],
    norm: 'group',
    lr: 2e-3,
    augment: 'flip',
  },
} satisfies Record<string, Partial<TrainCommandOptions>>;

/**
 * Fills in the defaults that depend on the data. A loss over the images of a micro-batch is meant over those of the
 * mini-batch, so that both are one.
 */
export function withDataDefaults(options: TrainCommandOptions): TrainCommandOptions {
  const all = { ...DEFAULTS[options.data === undefined ? 'phantom' : 'data'], ...options };
  const { microBatch = spansImages(lossOptions(all)) ? all.batch : all.microBatch } = options;
  return { ...all, microBatch };
}

/** The loss for `trainModel`. */
export function lossOptions({ loss, headWeights, classWeights }: TrainCommandOptions): LossOptions {
  return { terms: parseLoss(loss), headWeights, classWeights };
}

/** With the options of a recipe, where one is named, in place of all that do not stand on the command line. */
export function withRecipe(options: TrainCommandOptions, command: Command): TrainCommandOptions {
  const { recipe, data } = options;
  return recipe ? { ...options, ...recipeOptions(recipe, data), ...givenOptions(command) } : options;
}

export function trainCommand(): Command {
  return command(
    'train',
    'Train a network of the UNet++ family on images and masks; without --data on built-in synthetic brain tumours.',
    'unetpp train --data my-scans --filters 16,32,64,128,256 --augment flip',
  )
    .addOption(new Option('--recipe <name>', `defaults for an experiment: ${recipeList}`).choices(recipeNames))

    .optionsGroup('Data:')
    .option('--data <dir>', 'folder with images/NAME.png and masks/NAME.png; split.json is optional', path)
    .addOption(splitOption())
    .addOption(splitByOption())
    .option('--size <pixels>', 'width and height that images are resized to', side, 128)
    .addOption(one('--normalise <how>', 'how the values of each image are scaled', normalisations, 'range'))
    .option(
      '--augment <list>',
      `changes to training images: ${AUGMENTATIONS.join(', ')}, all, or none; elastic:0.5 is half as strong ${either('augment')}`,
    )

    .optionsGroup('Network:')
    .option('--filters <list>', `channels of each level ${either('filters')}`, wholeList)
    .addOption(one('--skips <pattern>', 'dense is UNet++, adjacent UNet+, original UNet^e', skipPatterns, 'dense'))
    .option('--deep-supervision', 'a head on each X(0,j): depth can be traded for speed later', true)
    .option('--no-deep-supervision', 'one head, on the last X(0,j)')
    .addOption(new Option('--norm <kind>', `normalization after each 3x3 convolution ${either('norm')}`).choices(norms))
    .addOption(one('--upsample <kind>', 'upsampling by two', upsamplings, 'transposed'))
    .option('--dropout <rate>', 'share of elements zeroed after each ReLU', between(0, 0.99), 0)
    .addOption(one('--init <kind>', 'initial values', initialisations, 'he-normal'))

    .optionsGroup('Training:')
    .option('--epochs <n>', `passes over the training images ${either('epochs')}`, whole(1))
    .option('--batch <n>', `images of one optimizer step ${either('batch')}`, whole(1))
    .option(
      '--micro-batch <n>',
      `images a worker computes at once; with a loss over the batch all of it ${either('microBatch')}`,
      whole(1),
    )
    .option(
      '--loss <sum>',
      'of ce, focal(GAMMA), dice(batch,squared), tversky(ALPHA,BETA,batch), lovasz',
      loss,
      lossText(),
    )
    .option('--head-weights <list>', 'what each head counts in the loss, L1 first (default: equal)', weights)
    .option('--class-weights <list>', 'what each class counts, background first (default: equal)', weights)
    .addOption(one('--optimizer <name>', 'optimizer', optimizers, 'adam'))
    .option('--lr <rate>', `learning rate ${either('lr')}`, positive())
    .addOption(one('--schedule <name>', 'how the learning rate falls', schedules, 'constant'))
    .option('--warmup <epochs>', 'epochs in which the learning rate rises', positive({ zero: true }), 0)
    .option('--min-lr <rate>', 'what the learning rate falls to', positive({ zero: true }), 0)
    .option('--weight-decay <rate>', 'weight decay (default: 0.01 for adamw, else 0)', positive({ zero: true }))
    .option('--clip <norm>', 'largest norm of all gradients together (default: any)', positive())
    .option('--ema <decay>', 'average the weights over steps, 0.999 for example (default: off)', between(0, 0.999999))
    .option('--patience <epochs>', 'stop after so many epochs without improvement (default: never)', whole(1))
    .option(
      '--workers <n>',
      'micro-batches computed at a time, each on a core; the result is the same',
      threads,
      'auto',
    )
    .option('--seed <n>', 'seed of everything random', whole(0, Number.MAX_SAFE_INTEGER), 1)
    .addOption(one('--backend <name>', 'what computes; reference is slow and plain', backends, 'wasm'))

    .optionsGroup('Result:')
    .option('--test', 'measure the best model on the test images at the end (default: a recipe says so)')
    .option('--no-test', 'do not')
    .option('--out <dir>', 'new folder for the model and the report (default: runs/NAME, numbered)', path)
    .addOption(forceOption())
    .option('--resume <dir>', 'go on with the run in this folder, with its options; --epochs may be larger', path)
    .option('--continue', 'begin the run in --out, or go on with it: one call that can be made again and again')
    .option(
      '--wait <seconds>',
      'how long to wait for a folder in use (default: only until it is clear whether it is)',
      positive({ zero: true }),
    )
    .option('--checkpoint-steps <n>', 'write a checkpoint after so many steps, too, not only each epoch', whole(1))
    .option('--checkpoint-minutes <n>', 'or after so many minutes', positive())
    .option('--log-steps <n>', 'log loss, learning rate and gradient norm of every n-th step in steps.jsonl', whole(1));
}

function either(name: keyof typeof DEFAULTS.data): string {
  return `(default: ${DEFAULTS.data[name]}; without --data ${DEFAULTS.phantom[name]})`;
}

function one(flags: string, description: string, choices: readonly string[], preset: string): Option {
  return new Option(flags, description).choices(choices).default(preset);
}
