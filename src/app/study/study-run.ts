/** One run of a study: the training of an arm on a fold, and its scores on the images held out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { whereOf } from '../../cli/tables/train-report.js';
import type { ProgressBar } from '../../cli/terminal/progress.js';
import type { Subset } from '../../data/split/split.js';
import { type Evaluation, evaluate } from '../../evaluate/evaluate.js';
import { weightsSha256 } from '../../model/modelfile.js';
import { summarize } from '../../model/summary.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import type { OutputScores, RunResult } from '../../study/runs.js';
import { begunEpoch } from '../../train/resume.js';
import type { Digests } from '../../train/run-record.js';
import { compareOptions, findCheckpoint, MAY_DIFFER } from '../runs/resume.js';
import { inOldRunFolder, inRunFolder } from '../runs/run-folder.js';
import { asked, type PlannedTraining, startJob, type TrainingJob } from '../training/job.js';
import { trainInFolder } from '../training/training.js';

/** What is measured; the study adds which run it was. */
export type Outcome = Omit<RunResult, 'arm' | 'fold' | 'seed'>;

/**
 * Trains in the folder `path`, or goes on there where the run was begun, and scores the weights of the best epoch.
 * Undefined where `signal` ends it; called again, it goes on.
 */
export async function trainAndScore(
  path: string,
  planned: PlannedTraining,
  digests: Digests,
  subset: Subset,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const job = startJob(planned, digests);
  const work = (folder: RunFolder, job: TrainingJob) => run(folder, job, subset, progress, signal);
  try {
    if (!existsSync(join(path, 'config.json'))) {
      return await inRunFolder(path, asked(planned), (folder) => work(folder, job));
    }
    const prepare = async (folder: RunFolder): Promise<TrainingJob> => {
      const advice = 'restore its config.json, or remove its folder to begin it again';
      compareOptions(folder.config, asked(planned), [...MAY_DIFFER, 'config', 'split'], `the run in ${path}`, advice);
      const resume = await findCheckpoint(folder, job, (warning) => progress.line(warning));
      if (resume) progress.line(`  goes on ${whereOf(begunEpoch(resume.checkpoint))}`);
      return { ...job, ...(resume && { resume }) };
    };
    return await inOldRunFolder(path, prepare, work);
  } finally {
    job.model.backend.close();
  }
}

async function run(
  folder: RunFolder,
  job: TrainingJob,
  subset: Subset,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { model, config, resume } = job;
  const epochs = [...(resume?.epochs ?? [])];
  for await (const epoch of trainInFolder(folder, job, progress, signal)) epochs.push(epoch);
  const last = epochs.at(-1);
  if (last?.end === undefined) return undefined;
  const evaluation = await score(job, subset, progress, signal);
  return (
    evaluation && {
      config,
      epochs: last.epoch,
      bestEpoch: last.bestEpoch,
      seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
      weightsSha256: await weightsSha256(model),
      outputs: outputsOf(job, evaluation),
    }
  );
}

/** Undefined where `signal` ends it. */
async function score(
  { model, dataset, options }: TrainingJob,
  subset: Subset,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<Evaluation | undefined> {
  try {
    return await evaluate(model, dataset, {
      subset,
      batch: options.microBatch,
      perImage: true,
      signal,
      onProgress: (done, total) => progress.update('scoring', done, total, `${done} of ${total} images`),
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** The heads, and where there are several their mean, each with the cost of the network pruned to it. */
function outputsOf({ config, dataset }: TrainingJob, { heads, ...mean }: Evaluation): OutputScores[] {
  const { levels, ...whole } = summarize(config, { width: dataset.size, height: dataset.size });
  const all = heads.map(({ head, ...scores }, k) => ({ output: head, scores, cost: levels[k]! }));
  if (heads.length > 1) all.push({ output: 'accurate', scores: mean, cost: { head: 'accurate', ...whole } });
  return all.map(({ output, scores: { dice, iou, perImage }, cost: { parameters, macs } }) => ({
    output,
    parameters,
    macs,
    dice,
    iou,
    images: perImage!.map(({ image, dice, iou }) => {
      const patient = dataset.originOf?.(image)?.patient;
      return { image, ...(patient !== undefined && { patient }), dice, iou };
    }),
  }));
}
