/** A study from its options to its tables: all runs that are not done yet, one after another. */
import { defaultFolder } from '../../runs/new-folder.js';
import type { StudyFolder } from '../../runs/study-folder.js';
import { type Run, type RunResult, runName } from '../../study/runs.js';
import { settleBackend } from '../backend.js';
import type { StudyOptions } from '../options/study-options.js';
import { outputsOf } from '../outputs.js';
import { lockWait } from '../runs/lock-wait.js';
import type { TrainingObserver } from '../training/train-in-folder.js';
import { folderName, openData, type ReadSamples, readSamples } from '../training/training-data.js';
import { openStudy } from './protocol.js';
import { planRun, planStudy, type StudyPlan } from './study-plan.js';
import { trainAndScore } from './study-run.js';
import { type StudyTables, studyTables } from './study-tables.js';

/** Follows a study, and the training of each of its runs. */
export interface StudyObserver extends TrainingObserver {
  /** Is called when the study is open in its folder; `done` says how many of its runs are done. */
  open?(plan: StudyPlan, folder: string, done: number): void;
  /** Is called before a run. */
  run?(run: StudyRun): void;
  /** Is called when that run is done. */
  result?(result: RunResult): void;
}

/** A run among those of its study. */
export interface StudyRun {
  /** The name of the run, see `runName`. */
  readonly name: string;
  /** The number of the run, counted from 1. */
  readonly number: number;
  readonly of: number;
  /** The time until the end of the study, judged by the runs of this call; undefined before the first of them is done. */
  readonly secondsLeft?: number;
}

/** The outcome of a call that runs a study. */
export interface StudyOutcome extends Omit<StudyTables, 'files'> {
  /** The folder of the study. */
  readonly study: string;
  readonly runs: { readonly done: number; readonly planned: number };
  readonly seconds: number;
  /** The paths of its tables. */
  readonly files: readonly string[];
  readonly interrupted: boolean;
}

/**
 * Does the runs of a study that are not done yet; the tables are written anew after each. Where `signal` ends it, the
 * same call continues it.
 * @throws InputError for options that do not fit each other, the data, the memory or the study in the folder
 */
export async function runStudy(
  options: StudyOptions,
  observer: StudyObserver,
  signal: AbortSignal,
): Promise<StudyOutcome> {
  const dataset = await openData(options);
  const plan = await planStudy(await settleBackend(options, observer), dataset);
  const { train, validation, test } = dataset.split;
  const read = await readSamples(dataset, [...train, ...validation, ...test], observer, signal);
  const outputs = outputsOf(options, { '--data': options.data });
  const path = options.out ?? defaultFolder(`${folderName(dataset)}-study`);
  // The default is not typed by the user, so `runs` is made, too.
  const opening = { parents: options.out === undefined, ...lockWait(options, observer, signal) };
  const folder = await openStudy(path, plan, outputs, opening);
  try {
    return await runAll(folder, plan, read, observer, signal);
  } finally {
    await folder.close();
  }
}

async function runAll(
  folder: StudyFolder,
  plan: StudyPlan,
  read: ReadSamples,
  observer: StudyObserver,
  signal: AbortSignal,
): Promise<StudyOutcome> {
  const { runs } = plan;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const results = await Promise.all(runs.map((run) => folder.result(run)));
  const done = () => results.filter((result) => result !== undefined);
  const before = runs.filter((_, k) => results[k]);
  observer.open?.(plan, folder.path, before.length);
  let tables = await writeTables(folder, plan, done());
  for (const [k, run] of runs.entries()) {
    if (results[k]) continue;
    if (signal.aborted) break;
    const secondsLeft = timeLeft(plan, results, before, seconds());
    const place = { name: runName(run), number: k + 1, of: runs.length };
    observer.run?.({ ...place, ...(secondsLeft !== undefined && { secondsLeft }) });
    const result = await doRun(folder, plan, run, read, observer, signal);
    if (!result) break;
    results[k] = result;
    observer.result?.(result);
    tables = await writeTables(folder, plan, done());
  }
  const count = { done: done().length, planned: runs.length };
  const interrupted = count.done < count.planned;
  return { study: folder.path, runs: count, seconds: seconds(), ...tables, interrupted };
}

/** Does a run; the result is undefined where it was interrupted. */
async function doRun(
  folder: StudyFolder,
  plan: StudyPlan,
  run: Run,
  read: ReadSamples,
  observer: StudyObserver,
  signal: AbortSignal,
): Promise<RunResult | undefined> {
  try {
    const planned = await planRun(plan, run);
    const outcome = await trainAndScore(folder.runPath(run), planned, read, plan.subset, observer, signal);
    if (!outcome) return undefined;
    const result = { arm: run.arm.name, fold: run.fold, seed: run.seed, ...outcome };
    await folder.finish(run, result);
    return result;
  } catch (error) {
    if (error instanceof Error) error.message = `${runName(run)}: ${error.message}`;
    throw error;
  }
}

/** Writes the tables of what is done so far. */
async function writeTables(
  folder: StudyFolder,
  plan: StudyPlan,
  results: readonly RunResult[],
): Promise<Pick<StudyOutcome, 'text' | 'rows' | 'notes' | 'files'>> {
  const { files, ...table } = studyTables(plan, results);
  const written: string[] = [];
  for (const [format, content] of Object.entries(files)) written.push(await folder.writeTable(format, content));
  return { ...table, files: written };
}

/** Estimates the time left by the runs that were done since the start, each weighted by its arm's cost. */
function timeLeft(
  { runs, costs }: StudyPlan,
  results: readonly (RunResult | undefined)[],
  before: readonly Run[],
  elapsed: number,
): number | undefined {
  const cost = (list: readonly Run[]) => list.reduce((sum, { arm }) => sum + costs.get(arm.name)!, 0);
  const since = cost(runs.filter((run, k) => results[k] && !before.includes(run)));
  return since > 0 ? (elapsed / since) * cost(runs.filter((_, k) => !results[k])) : undefined;
}
