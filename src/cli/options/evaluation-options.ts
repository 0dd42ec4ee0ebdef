/** The options of the commands that measure a model: which model, and on which images. */
import { Option } from 'commander';
import { measurable } from '../../app/evaluation/evaluation-data.js';
import { model, path, side, whole } from '../../app/options/parsers.js';
import { command } from '../program.js';
import type { CliCommand } from './command.js';

/** Makes a command that measures a model, see `command`, with the options that choose the images. */
export function evaluationCommand(...described: Parameters<typeof command>): CliCommand {
  return command(...described)
    .usage('--model FILE --data DIR [options]')
    .requiredOption('--model <file>', 'model file, or the name of a model', model)
    .requiredOption('--data <dir>', 'folder with images/NAME.png and masks/NAME.png', path)
    .addOption(
      new Option('--subset <name>', 'which images to use; the test set comes from split.json or from train --split')
        .choices(measurable)
        .default('validation'),
    )
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
