/** `unetpp runs`: all runs under a folder, and how two of them differ. */
import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import { findRuns } from '../../platform/node/files/run-folders.js';
import { seemsLocked } from '../../platform/node/lock/lock.js';
import { summarizeRun } from '../../runs/run-summary.js';
import { flagOf, onCommandLine } from '../options/option.js';
import { trainTable } from '../options/train-options.js';
import { optionsOf } from './run-config.js';

/** A folder with one of these holds a run, or what is left of one. */
const MARKS = ['config.json', 'metrics.jsonl', 'checkpoint.safetensors', 'checkpoint-previous.safetensors'];

export type RunState = 'done' | 'interrupted' | 'running' | 'broken';

export interface ListedRun {
  readonly run: string;
  /** When a file of it was last written, in ISO 8601. */
  readonly changed: string;
  readonly state: RunState;
  /** What is damaged, in a run that is broken. */
  readonly damage?: string;
  readonly epochs: number;
  readonly bestEpoch: number | null;
  /** The validation scores of the best epoch. */
  readonly dice: number | null;
  readonly iou: number | null;
  /** The time that its epochs took. */
  readonly seconds: number;
  /** Its options by their flags, as the command line takes them. */
  readonly options: Readonly<Record<string, string>>;
}

export const sortings = ['name', 'changed', 'state', 'epochs', 'dice', 'iou', 'seconds'] as const;
export type Sorting = (typeof sortings)[number];

/** Lists the runs under a folder. @throws InputError where it cannot be read */
export async function listRuns(folder: string, sort: Sorting = 'name'): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  for (const { path, changed } of findRuns(folder, MARKS)) runs.push(await listed(path, changed));
  return runs.sort(orders[sort]);
}

/** The names of options that are not the same in all of these runs. */
export function differingOptions(runs: readonly ListedRun[]): string[] {
  const known = runs.filter(({ options }) => Object.keys(options).length > 0);
  const names = [...new Set(known.flatMap(({ options }) => Object.keys(options)))];
  return names.filter((name) => known.some(({ options }) => options[name] !== known[0]!.options[name]));
}

/** How two runs differ. */
export interface RunComparison {
  readonly runs: readonly [ListedRun, ListedRun];
  /** What differs, by the flag; null where an option is not given. */
  readonly options: Readonly<Record<string, readonly [string | null, string | null]>>;
  /** Whether both were trained and validated on the same images; null where that is not known. */
  readonly sameImages: boolean | null;
}

/** Compares two runs. @throws InputError for a folder that is no run */
export async function compareRuns(a: string, b: string): Promise<RunComparison> {
  const [[first, splitA], [second, splitB]] = await Promise.all([single(a), single(b)]);
  const names = differingOptions([first, second]);
  const options = names.map((name) => [name, [first.options[name] ?? null, second.options[name] ?? null]] as const);
  const sameImages = splitA && splitB ? deepEqual(splitA, splitB) : null;
  return { runs: [first, second], options: Object.fromEntries(options), sameImages };
}

async function single(path: string): Promise<readonly [ListedRun, unknown]> {
  const found = findRuns(path, MARKS).find((run) => run.path === path);
  if (!found) throw new InputError(`${path}: no run, as it has no config.json; give the folders of two runs`);
  return [await listed(path, found.changed), (await summarizeRun(path)).config?.split];
}

async function listed(run: string, time: number): Promise<ListedRun> {
  const { config, epochs, isDone, damage } = await summarizeRun(run);
  const best = epochs.findLast((epoch) => epoch.best);
  // A run that has been extended keeps the old result while it is trained.
  const intact = seemsLocked(run) ? 'running' : isDone ? 'done' : 'interrupted';
  return {
    run,
    changed: new Date(time).toISOString(),
    state: damage === undefined ? intact : 'broken',
    ...(damage !== undefined && { damage }),
    epochs: epochs.length,
    bestEpoch: best?.epoch ?? null,
    dice: best?.dice ?? null,
    iou: best?.iou ?? null,
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    options: config ? optionTexts(config) : {},
  };
}

function optionTexts(config: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(optionsOf(config)).filter(
    ([name, value]) => Object.hasOwn(trainTable, name) && value !== null,
  );
  return Object.fromEntries(given.map(([name, value]) => [flagOf(trainTable, name).slice(2), onCommandLine(value)]));
}

/** Scores begin with the best, times and numbers with the greatest; what has none comes last. */
const orders: Readonly<Record<Sorting, (a: ListedRun, b: ListedRun) => number>> = {
  name: byName,
  changed: (a, b) => b.changed.localeCompare(a.changed) || byName(a, b),
  state: (a, b) => a.state.localeCompare(b.state) || byName(a, b),
  epochs: descending('epochs'),
  dice: descending('dice'),
  iou: descending('iou'),
  seconds: descending('seconds'),
};

function byName(a: ListedRun, b: ListedRun): number {
  return a.run < b.run ? -1 : a.run > b.run ? 1 : 0;
}

function descending(field: 'epochs' | 'dice' | 'iou' | 'seconds') {
  return (a: ListedRun, b: ListedRun): number => (b[field] ?? -1) - (a[field] ?? -1) || byName(a, b);
}
