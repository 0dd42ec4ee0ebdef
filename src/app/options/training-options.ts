/** Options of the training: how long, on what, by which loss, and what computes it. */
import { AUGMENTATIONS } from '../../data/augment/augment.js';
import { lossText } from '../../loss/loss-text.js';
import { trainDefaults } from '../../train/options.js';
import { backendOptions } from './backend-options.js';
import type { OptionTable } from './option.js';
import { loss, text, threads, weights, whole } from './parsers.js';

export const trainingOptions = {
  epochs: {
    flag: '--epochs <n>',
    parse: whole(1),
    help: 'passes over the training images',
    default: { data: trainDefaults.epochs, phantom: 8 },
    affects: 'goal',
  },
  batch: {
    flag: '--batch <n>',
    parse: whole(1),
    help: 'images of one optimizer step',
    default: { data: trainDefaults.batch, phantom: 4 },
    affects: 'bits',
  },
  microBatch: {
    flag: '--micro-batch <n>',
    parse: whole(1),
    help: 'images a worker computes at once; with a loss over the batch all of it',
    default: { data: trainDefaults.microBatch, phantom: 1 },
    affects: 'bits',
  },
  augment: {
    flag: '--augment <list>',
    parse: text,
    help: `augmentation of training images: ${AUGMENTATIONS.join(', ')}, all, or none; elastic:0.5 is half as strong`,
    default: { data: 'none', phantom: 'flip' },
    affects: 'bits',
  },
  loss: {
    flag: '--loss <sum>',
    parse: loss,
    help: 'sum of ce, focal(GAMMA), dice(batch,squared), tversky(ALPHA,BETA,batch), lovasz',
    default: { value: lossText() },
    affects: 'bits',
  },
  headWeights: {
    flag: '--head-weights <list>',
    parse: weights,
    help: 'weight of each head in the loss, L1 first',
    default: { unset: 'equal' },
    affects: 'bits',
  },
  classWeights: {
    flag: '--class-weights <list>',
    parse: weights,
    help: 'weight of each class in the loss, background first',
    default: { unset: 'equal' },
    affects: 'bits',
  },
  patience: {
    flag: '--patience <epochs>',
    parse: whole(1),
    help: 'stop after so many epochs without improvement',
    default: { unset: 'never' },
    affects: 'goal',
  },
  seed: {
    flag: '--seed <n>',
    parse: whole(0, Number.MAX_SAFE_INTEGER),
    help: 'seed of the split, initial values, order, augmentation and dropout',
    default: { value: trainDefaults.seed },
    affects: 'bits',
  },
  workers: {
    flag: '--workers <n>',
    parse: threads,
    help: 'micro-batches computed in parallel, one per core; the result is the same for any number',
    default: { value: 'auto' },
    affects: 'speed',
  },
  ...backendOptions,
} as const satisfies OptionTable;
