/** The options of `unetpp study`: those of train but for what the arms decide, and its own. */
import { type Command, Option } from 'commander';
import { path, ValueError, whole, wholeList } from '../../app/options/parsers.js';
import { comparisons } from '../../app/options/study-options.js';
import type { TrainCommandOptions } from '../../app/options/train-options.js';
import { show } from '../../base/show.js';
import { familyNames } from '../../study/arms.js';
import { command } from '../program.js';
import { CliOption } from './command.js';
import { trainCommand } from './train-options.js';

/** Options of train, by their names in `TrainOptions`, that the arms or the study decide. */
const DECIDED: readonly string[] = [
  'recipe',
  'split',
  'splitBy',
  'test',
  'skips',
  'deepSupervision',
  'headWeights',
  'seed',
  'out',
  'resume',
  'continue',
] satisfies (keyof TrainCommandOptions)[];

export function studyCommand(): Command {
  const study = command(
    'study',
    'Train the networks of the family, or embedded against isolated levels, under one protocol with cross-validation, and compare them in a table. The same call goes on with a study that was stopped.',
    'unetpp study --data my-scans --filters 16,32,64,128,256 --epochs 20 --folds 5 --seeds 1,2',
  )
    .optionsGroup('Study:')
    .addOption(
      new Option(
        '--compare <what>',
        'family: its networks against U-Net; embedded: the levels of UNet++ trained whole and pruned against each trained alone',
      )
        .choices(comparisons)
        .default('family'),
    )
    .option('--arms <list>', `networks of the family: ${familyNames.join(', ')} (default: all)`, armList)
    .option(
      '--folds <n>',
      'of cross-validation, each the test set once; 1 takes the split of the folder as it stands',
      folds,
      5,
    )
    .addOption(
      new CliOption('--seeds <list>', 'of initial values and order; every network is trained with each')
        .argParser(seedList)
        .default([1], '1'),
    )
    .option('--seed <n>', 'draws the folds', whole(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--out <dir>', 'folder of the study, to be begun or gone on with (default: runs/NAME-study)', path);
  for (const option of trainCommand().options) {
    if (!DECIDED.includes(option.attributeName())) study.addOption(option);
  }
  return study;
}

/** One fold for testing, one for validation, and the others for training: two are not enough. */
function folds(text: string): number {
  const count = whole(1, 1000)(text);
  if (count !== 2) return count;
  throw new ValueError('1, or at least 3: one to test on, one to validate on, the rest to train on');
}

function seedList(text: string): number[] {
  return distinct(wholeList(text));
}

function armList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !familyNames.includes(name));
  if (unknown === undefined) return distinct(names);
  throw new ValueError(`names with commas between them, of ${familyNames.join(', ')}`, `; found ${show(unknown)}`);
}

function distinct<T>(list: T[]): T[] {
  const twice = list.find((item, k) => list.indexOf(item) !== k);
  if (twice === undefined) return list;
  throw new ValueError('each once', `; found ${twice} twice`);
}
