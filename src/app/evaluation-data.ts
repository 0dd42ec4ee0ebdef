/** The labelled images that a model is measured on. */
import { type Command, Option } from 'commander';
import { path, side, whole } from '../cli/options/parsers.js';
import { type CommonOptions, command } from '../cli/program.js';
import { GREY_ON_RGB, RGB_ON_GREY } from '../cli/tables/describe.js';
import { ProgressBar } from '../cli/terminal/progress.js';
import { type Dataset, openDataset } from '../data/dataset.js';
import { namesOf } from '../evaluate/labelled-batches.js';
import type { Model } from '../model/model.js';
import { requireForEvaluation } from './memory.js';
import { trainedSplit } from './trained-split.js';

const SUBSETS = ['validation', 'test', 'train', 'all'] as const;
/** Pixels a side for a model that has no size of its own. */
const SIZE = 128;
/** Images computed at once. */
export const BATCH = 4;

/** Options of the commands that measure a model. */
export interface LabelledOptions extends CommonOptions {
  readonly model: string;
  readonly data: string;
  readonly subset: (typeof SUBSETS)[number];
  readonly size?: number;
  readonly seed?: number;
}

/** A command that measures a model, see `command`, with the options that say on which images. */
export function labelledCommand(...described: Parameters<typeof command>): Command {
  return command(...described)
    .usage('--model FILE --data DIR [options]')
    .requiredOption('--model <file>', 'model file', path)
    .requiredOption('--data <dir>', 'folder with images/NAME.png and masks/NAME.png', path)
    .addOption(
      new Option('--subset <name>', 'which images; test images are those of a split.json, or of train --split')
        .choices(SUBSETS)
        .default('validation'),
    )
    .option('--size <pixels>', `width and height of the images (default: that of the training, else ${SIZE})`, side)
    .option(
      '--seed <n>',
      'draws the split where there is no split.json (default: that of the training, else 1)',
      whole(0, Number.MAX_SAFE_INTEGER),
    );
}

/**
 * A data folder as the model reads it: its size, its normalisation, its channels, and the split of its training.
 * @throws InputError for a folder or a subset that does not fit, or where memory does not suffice
 */
export async function openLabelled(model: Model, options: LabelledOptions): Promise<Dataset> {
  const { config, card } = model;
  const { inChannels } = config;
  const { seed = 1, plan } = trainedSplit(model);
  const size = options.size ?? card.preprocessing.size ?? SIZE;
  const dataset = await openDataset(options.data, {
    size,
    normalisation: card.preprocessing.normalisation,
    seed: options.seed ?? seed,
    ...(plan && options.subset !== 'all' && { plan }),
    ...((inChannels === 1 || inChannels === 3) && { channels: inChannels }),
  });
  const { storedChannels } = dataset;
  const progress = new ProgressBar(options);
  if (inChannels === 3 && storedChannels === 1) progress.line(`remark    grey images: ${GREY_ON_RGB}`);
  if (inChannels === 1 && storedChannels === 3) progress.line(`remark    RGB images: ${RGB_ON_GREY}`);
  requireForEvaluation(model, { batch: BATCH, size, images: namesOf(dataset, options.subset).length });
  return dataset;
}
