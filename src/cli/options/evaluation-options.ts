/** The options of the commands that measure a model: on which images. */
import { Option } from 'commander';
import { measurable } from '../../app/evaluation/evaluation-data.js';
import { path, side, whole } from '../../app/options/parsers.js';
import type { CliCommand } from './command.js';

const DATA = ['--data <dir>', 'folder with images/NAME.png and masks/NAME.png', path] as const;

/** Adds the options that choose the images to a command that measures a model. */
export function withImages(command: CliCommand): CliCommand {
  return withSubset(command.requiredOption(...DATA));
}

/** The same for a command that can do without images. */
export function withOptionalImages(command: CliCommand): CliCommand {
  return withSubset(command.option(...DATA));
}

function withSubset(command: CliCommand): CliCommand {
  return command
    .addOption(
      new Option('--subset <name>', 'which images to use; the test set comes from split.json or from train --split')
        .choices(measurable)
        .default('validation'),
    )
    .option('--volume <n>', 'which volume of a file that holds several is read', whole(1))
    .option('--instances', 'masks number objects: all of them are foreground')
    .option(
      '--size <pixels>',
      'width and height that the network sees images at (default: as in its training; where that had no size, their own)',
      side,
    )
    .option(
      '--seed <n>',
      'draws the split where there is no split.json (default: that of the training, else 1)',
      whole(0, Number.MAX_SAFE_INTEGER),
    );
}
