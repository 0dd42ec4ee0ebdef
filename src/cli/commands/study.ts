/** `unetpp study`: several networks under one protocol, with cross-validation, several seeds and a table. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { completeStudyOptions, type StudyOptions, studyGroups } from '../../app/options/study-options.js';
import { outputsOf } from '../../app/outputs.js';
import { lockWait } from '../../app/runs/run-folder.js';
import { StudyFolder } from '../../app/study/study-folder.js';
import { jobOf, planStudy, type StudyPlan } from '../../app/study/study-plan.js';
import { trainAndScore } from '../../app/study/study-run.js';
import { openData, readAll } from '../../app/training/job.js';
import { type Run, type RunResult, runName } from '../../study/runs.js';
import type { Digests } from '../../train/run-record.js';
import { command, givenOptions, report } from '../program.js';
import { duration, plural, shellWord } from '../tables/format.js';
import { type StudyReport, writeReport } from '../tables/study-report.js';
import { interruptible } from '../terminal/interrupt.js';
import { ProgressBar } from '../terminal/progress.js';

export const study = command(
  'study',
  'Train the networks of the family, or embedded against isolated levels, under one protocol with cross-validation, and compare them in a table. The same call goes on with a study that was stopped.',
  'unetpp study --data my-scans --filters 16,32,64,128,256 --epochs 20 --folds 5 --seeds 1,2',
)
  .addGroups(studyGroups)
  .action((_, command: Command) => run(givenOptions(command)));

async function run(given: Partial<StudyOptions>): Promise<void> {
  const options = completeStudyOptions(given);
  const progress = new ProgressBar(options);
  await interruptible(progress, async (signal) => {
    const dataset = await openData(options);
    const plan = planStudy(options, dataset);
    const { train, validation, test } = dataset.split;
    const digests = await readAll(dataset, [...train, ...validation, ...test], progress, signal);
    const name = dataset.source === 'synthetic' ? 'phantom' : dataset.name;
    const outputs = outputsOf(options, { '--data': options.data });
    const path = options.out ?? join('runs', `${name}-study`);
    // The default is not typed by anybody, so that `runs` is made, too.
    const opening = { parents: options.out === undefined, ...lockWait(options, progress, signal) };
    const folder = await StudyFolder.open(path, plan, outputs, opening);
    try {
      return await runAll(folder, plan, digests, progress, signal);
    } finally {
      await folder.close();
    }
  });
}

/**
 * Does the runs that are not done yet; the tables are written anew after each.
 * @returns where `signal` ended it, the command that goes on with it
 */
async function runAll(
  folder: StudyFolder,
  plan: StudyPlan,
  digests: Digests,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { runs } = plan;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const results = await Promise.all(runs.map((run) => folder.result(run)));
  const done = () => results.filter((result) => result !== undefined);
  const before = runs.filter((_, k) => results[k]);
  progress.line(introduction(plan, folder, before.length));
  let table = await writeReport(folder, plan, done());
  for (const [k, run] of runs.entries()) {
    if (results[k]) continue;
    if (signal.aborted) break;
    const left = secondsLeft(plan, results, before, seconds());
    const when = left > 0 ? `, about ${duration(left)} left` : '';
    progress.line(`run ${k + 1} of ${runs.length}  ${runName(run)}${when}`);
    const result = await doRun(folder, plan, run, digests, progress, signal);
    if (!result) break;
    results[k] = result;
    progress.line(`  ${resultText(result)}`);
    table = await writeReport(folder, plan, done());
  }
  progress.line('');
  return reportStudy(plan, folder, table, done().length, seconds());
}

/** Undefined where it was interrupted. */
async function doRun(
  folder: StudyFolder,
  plan: StudyPlan,
  run: Run,
  digests: Digests,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<RunResult | undefined> {
  try {
    const job = jobOf(plan, run);
    const outcome = await trainAndScore(folder.runPath(run), job, digests, plan.subset, progress, signal);
    if (!outcome) return undefined;
    const result = { arm: run.arm.name, fold: run.fold, seed: run.seed, ...outcome };
    await folder.finish(run, result);
    return result;
  } catch (error) {
    if (error instanceof Error) error.message = `${runName(run)}: ${error.message}`;
    throw error;
  }
}

function introduction(
  { options, dataset, runs, arms, splits, subset }: StudyPlan,
  folder: StudyFolder,
  done: number,
): string {
  const { train, validation } = splits[0]!;
  const scored = splits[0]![subset].length;
  const { epochs, batch, optimizer, learningRate, seeds } = options;
  return [
    `data      ${dataset.name}: ${plural(train.length, 'image')} to train on, ${validation.length} to validate on, ${scored} scored (${subset})`,
    `study     ${plural(runs.length, 'run')} of ${plural(epochs, 'epoch')}: ${plural(arms.length, 'network')} x ${plural(splits.length, 'fold')} x ${plural(seeds.length, 'seed')}`,
    `training  batch ${batch}, ${optimizer}, learning rate ${learningRate}`,
    `folder    ${folder.path}${done > 0 ? `: ${plural(done, 'run')} done` : ''}`,
    '',
  ].join('\n');
}

/** Judged by the runs that were done since the start, each weighed by its arm's cost; 0 where there is none yet. */
function secondsLeft(
  { runs, costs }: StudyPlan,
  results: readonly (RunResult | undefined)[],
  before: readonly Run[],
  elapsed: number,
): number {
  const cost = (list: readonly Run[]) => list.reduce((sum, { arm }) => sum + costs.get(arm.name)!, 0);
  const since = cost(runs.filter((run, k) => results[k] && !before.includes(run)));
  return since > 0 ? (elapsed / since) * cost(runs.filter((_, k) => !results[k])) : 0;
}

function resultText({ outputs, epochs, bestEpoch, seconds }: RunResult): string {
  const { dice, iou } = outputs.at(-1)!;
  return `Dice ${dice.toFixed(4)}, IoU ${iou.toFixed(4)}, best epoch ${bestEpoch} of ${epochs}, ${duration(seconds)}`;
}

/** Prints the result. @returns where it was interrupted, the command that goes on with it */
function reportStudy(
  { options, runs }: StudyPlan,
  { path }: StudyFolder,
  { text, rows, notes, files }: StudyReport,
  done: number,
  seconds: number,
): string | undefined {
  const interrupted = done < runs.length;
  const goOn = interrupted ? `npx unetpp ${process.argv.slice(2).map(shellWord).join(' ')}` : undefined;
  report(options, [text, '', `written: ${files.join(', ')}`], {
    study: path,
    compare: options.compare,
    runs: { done, planned: runs.length },
    seconds,
    rows,
    notes,
    files,
    interrupted,
    resume: goOn ?? null,
  });
  return goOn;
}
