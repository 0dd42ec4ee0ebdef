/** The options of a study: its own, and those of its trainings except what the arms or the study itself decide. */
import { show } from '../../base/show.js';
import { familyNames } from '../../study/arms.js';
import { type OptionSpec, type OptionTable, type OptionValues, withTableDefaults } from './option.js';
import { oneOf, path, ValueError, whole, wholeList } from './parsers.js';
import { completeOptions, type TrainCommandOptions, trainGroups } from './train-options.js';

const comparisons = ['family', 'embedded'] as const;

const ownOptions = {
  compare: {
    flag: '--compare <what>',
    parse: oneOf(comparisons),
    help: 'family: its networks compared with U-Net; embedded: the levels of a whole UNet++ after pruning, compared with each level trained alone',
    default: { value: 'family' },
    affects: 'goal',
  },
  arms: {
    flag: '--arms <list>',
    parse: armList,
    help: `networks of the family: ${familyNames.join(', ')}`,
    default: { unset: 'all' },
    affects: 'goal',
  },
  folds: {
    flag: '--folds <n>',
    parse: folds,
    help: 'folds of the cross-validation, each the test set once; 1 takes the split of the folder as it stands',
    default: { value: 5 },
    affects: 'bits',
  },
  seeds: {
    flag: '--seeds <list>',
    parse: seedList,
    help: 'seeds of initial weights and order; every network is trained with each',
    default: { value: [1] },
    affects: 'goal',
  },
  seed: {
    flag: '--seed <n>',
    parse: whole(0, Number.MAX_SAFE_INTEGER),
    help: 'draws the folds',
    default: { value: 1 },
    affects: 'bits',
  },
  out: {
    flag: '--out <dir>',
    parse: path,
    help: 'folder of the study, which is started or continued',
    default: { unset: 'runs/NAME-study' },
    affects: 'output',
  },
} as const satisfies OptionTable;

const DECIDED: readonly string[] = [
  'recipe',
  'planning',
  'minutes',
  'splitSizes',
  'splitBy',
  'test',
  'skips',
  'deepSupervision',
  'headWeights',
  'initFrom',
  'seed',
  'out',
  'resume',
  'continue',
] satisfies (keyof TrainCommandOptions)[];

/** The options by the headings that help shows them under. */
export const studyGroups: Readonly<Record<string, OptionTable>> = {
  'Study:': ownOptions,
  ...Object.fromEntries(Object.entries(trainGroups).map(([heading, table]) => [heading, ofStudy(table)])),
};

/** All options of a study in one table, see `trainTable`. */
export const studyTable: OptionTable = Object.assign({}, ...Object.values(studyGroups));

export interface StudyOptions extends TrainCommandOptions, Omit<OptionValues<typeof ownOptions>, 'seed' | 'out'> {}

/** Completes the options with defaults for what is not given. */
export function completeStudyOptions(given: Partial<StudyOptions>): StudyOptions {
  const data = given.data === undefined ? 'phantom' : 'data';
  return { ...completeOptions(given), ...withTableDefaults(ownOptions, given, data) };
}

/** All runs of a study have the same goal and are computed alike, so that this may not change when the study resumes. */
function ofStudy(table: OptionTable): OptionTable {
  const kept = Object.entries(table).filter((entry): entry is [string, OptionSpec] => {
    const [name, spec] = entry;
    return spec !== null && !DECIDED.includes(name);
  });
  return Object.fromEntries(
    kept.map(([name, spec]) => {
      const common = spec.affects === 'goal' || spec.affects === 'rounding';
      return [name, common ? { ...spec, affects: 'bits' } : spec];
    }),
  );
}

/** One fold for testing, one for validation, and the others for training: two are not enough. */
function folds(text: string): number {
  const count = whole(1, 1000)(text);
  if (count !== 2) return count;
  throw new ValueError('1, or at least 3: one to test on, one to validate on, the rest to train on');
}

function seedList(text: string): readonly number[] {
  return distinct(wholeList(text));
}

function armList(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !familyNames.includes(name));
  if (unknown === undefined) return distinct(names);
  throw new ValueError(`names with commas between them, of ${familyNames.join(', ')}`, `; found ${show(unknown)}`);
}

function distinct<T>(list: readonly T[]): readonly T[] {
  const twice = list.find((item, k) => list.indexOf(item) !== k);
  if (twice === undefined) return list;
  throw new ValueError('each once', `; found ${twice} twice`);
}
