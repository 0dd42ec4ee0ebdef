/** Resuming a run, with the options that it was started with and from its newest checkpoint. */
import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { subsets } from '../../data/split/split.js';
import type { FoundCheckpoint } from '../../runs/checkpoint-files.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { begunEpoch } from '../../train/checkpoint/resume.js';
import { flagOf, mayDiffer, type OptionTable, onCommandLine, valuesOf } from '../options/option.js';
import { type TrainCommandOptions, trainTable } from '../options/train-options.js';
import type { TrainingJob } from '../training/job.js';
import { parseKept, type TrainResult } from '../training/result.js';
import { storedOptions, storedSplit } from './run-config.js';
import { requireSameImages, requireSameOptions } from './same-run.js';

type Options = Readonly<Record<string, unknown>>;

/**
 * Returns the options of a run, some of them replaced by those that this call gives.
 * @throws InputError that names an option which would make it another run
 */
export function resumedOptions(folder: RunFolder, given: Partial<TrainCommandOptions>): TrainCommandOptions {
  const { path } = folder;
  if (given.out !== undefined && !given.continue) {
    throw new InputError(`--out ${given.out}: a resumed run stays in its folder, ${path}; leave it out`);
  }
  if (!given.continue) refusePlan(given, path);
  const stored = storedOptions(folder);
  const replaced = valuesOf(trainTable, given);
  compareOptions({ ...stored }, replaced, trainTable, `the run in ${path}`, 'leave it out, or start a new run');
  const options = { ...stored, ...replaced };
  if (options.epochs >= stored.epochs) return options;
  throw new InputError(
    `--epochs is ${options.epochs}, but the run in ${path} was started with ${stored.epochs}; it can be extended, not shortened`,
  );
}

/** @throws InputError for options by which a new run is planned */
function refusePlan({ planning, minutes }: Partial<TrainCommandOptions>, path: string): void {
  const [flag] = [
    ...(planning === undefined ? [] : [`--plan ${planning}`]),
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
  ];
  if (flag === undefined) return;
  throw new InputError(
    `${flag}: the run in ${path} keeps the options that it was started with; leave it out, or extend it with --epochs`,
  );
}

/** Returns the result of a run that is done; undefined where this call extends it. */
export async function doneResult(folder: RunFolder, options: TrainCommandOptions): Promise<TrainResult | undefined> {
  return folder.hasModel ? parseKept(await folder.keptResult(), options) : undefined;
}

/**
 * Finds the newest checkpoint of a run, and the epochs before it; undefined where the run ended before the first.
 * @param warn is called with warnings of one line
 * @throws InputError when the data or the options are not those that it was started with, or no checkpoint is whole
 */
export async function findCheckpoint(
  folder: RunFolder,
  job: TrainingJob,
  warn: (line: string) => void,
): Promise<TrainingJob['resume']> {
  const { dataset } = job;
  const before = storedSplit(folder);
  const found = await folder.readCheckpoint();
  const record = found?.checkpoint.run;
  // First, as another seed, for example, draws another split.
  if (record) requireSameOptions(folder, record);
  for (const subset of subsets) {
    const [now, then] = [dataset.split[subset], before[subset]];
    if (deepEqual(now, then)) continue;
    throw new InputError(
      `${dataset.source}: its ${subset} images are not those that the run in ${folder.path} was started on (${now.length} now, ${then.length} then${difference(now, then)}); restore them, or start a new run`,
    );
  }
  if (record) requireSameImages(folder, job, record);
  for (const remark of remarks(folder, found, job)) warn(remark);
  return withEpochs(folder, found, warn);
}

/** Finds the newest checkpoint of a run that this call has trained itself, and the epochs before it. */
export async function ownCheckpoint(folder: RunFolder, warn: (line: string) => void): Promise<TrainingJob['resume']> {
  const found = await folder.readCheckpoint();
  if (found?.warning !== undefined) warn(found.warning);
  return withEpochs(folder, found, warn);
}

/** Keeps the reports of the epochs before a checkpoint, and no others. */
async function withEpochs(
  folder: RunFolder,
  found: FoundCheckpoint | undefined,
  warn: (line: string) => void,
): Promise<TrainingJob['resume']> {
  const before = found ? begunEpoch(found.checkpoint).epoch - 1 : 0;
  const epochs = await folder.keepMetrics(before, found?.checkpoint.run, warn);
  return found && { checkpoint: found.checkpoint, epochs };
}

function remarks({ path }: RunFolder, found: FoundCheckpoint | undefined, { options }: TrainingJob): string[] {
  if (!found) return [`${path}: has no checkpoint yet; starting from the first epoch`];
  const { checkpoint, warning } = found;
  const unknown = `${path}: its checkpoint does not say with which options and images it was made; resuming unchecked`;
  const before = checkpoint.run?.options.backend ?? options.backend;
  const moved = `${path}: begun on the backend ${before}, resumed on ${options.backend}; the last bits of the weights will be those of neither alone`;
  return [
    ...(warning === undefined ? [] : [warning]),
    ...(checkpoint.run ? [] : [unknown]),
    ...(before === options.backend ? [] : [moved]),
  ];
}

/** Says how two lists of names differ, where one has a name that the other has not. */
function difference(now: readonly string[], then: readonly string[]): string {
  const gone = then.find((name) => !now.includes(name));
  if (gone !== undefined) return `, without ${show(gone)}`;
  const added = now.find((name) => !then.includes(name));
  return added === undefined ? '' : `, with ${show(added)}`;
}

/**
 * Compares options as values of JSON.
 * @param stored the options at the start, from config.json; null stands for an option that was not given
 * @param given the options of this call, by the same names; undefined ones are not given, null means without it
 * @param table the table that says which of them may differ: those that do not affect the bits
 * @param begun what is resumed, for the error, which ends with `advice`
 * @throws InputError that names the first option which differs as the command line does, and both values
 */
export function compareOptions(
  stored: Options,
  given: Options,
  table: OptionTable,
  begun: string,
  advice: string,
): void {
  const values: Options = JSON.parse(JSON.stringify(given));
  for (const [name, value] of Object.entries(values)) {
    const before = stored[name] ?? null;
    if (mayDiffer(table, name) || deepEqual(value, before)) continue;
    throw new InputError(
      `${flagOf(table, name)} is ${value === null ? 'not given' : onCommandLine(value)}, but ${begun} was started ` +
        `${before === null ? 'without it' : `with ${onCommandLine(before)}`}; ${advice}`,
    );
  }
}
