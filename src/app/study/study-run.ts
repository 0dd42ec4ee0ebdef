/** One run of a study: the training of an arm on a fold, and its scores on the images held out. */
import type { Subset } from '../../data/split/split.js';
import { type Evaluation, evaluate } from '../../evaluate/evaluate.js';
import { weightsSha256 } from '../../model/modelfile.js';
import { networkCost } from '../../model/summary.js';
import type { Mode } from '../../network/mode.js';
import { RunFolder } from '../../runs/run-folder.js';
import { inBegunRun, inNewRun } from '../../runs/run-session.js';
import type { OutputScores, RunResult } from '../../study/runs.js';
import { progressOf } from '../observer.js';
import { trainTable } from '../options/train-options.js';
import { compareOptions, findCheckpoint } from '../runs/resume.js';
import { optionsOf, toRunConfig } from '../runs/run-config.js';
import { unlessAborted } from '../training/abort.js';
import { createJob, type PlannedTraining, type TrainingJob } from '../training/job.js';
import { despiteLoss } from '../training/lost-backend.js';
import { type TrainingObserver, trainInFolder } from '../training/train-in-folder.js';
import type { ReadSamples } from '../training/training-data.js';

/** The result of a run, to which the study adds which run it was. */
export type RunOutcome = Omit<RunResult, 'arm' | 'fold' | 'seed'>;

/**
 * Trains in the folder `path`, or resumes there where the run was begun, and scores the weights of the best epoch. The
 * result is undefined where `signal` ends it; called again, it resumes. The backend is closed at the end.
 */
export async function trainAndScore(
  path: string,
  planned: PlannedTraining,
  read: ReadSamples,
  subset: Subset,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<RunOutcome | undefined> {
  const work = (folder: RunFolder, job: TrainingJob) =>
    despiteLoss(folder, job, observer, (each) => trainAndScoreIn(folder, each, subset, observer, signal));
  try {
    const job = createJob(planned, read);
    if (!(await RunFolder.holdsRun(path))) {
      return await inNewRun(path, toRunConfig(planned), (folder) => work(folder, job));
    }
    const prepare = async (folder: RunFolder): Promise<TrainingJob> => {
      const advice = 'restore its config.json, or remove its folder to begin it again';
      const [stored, given] = [optionsOf(folder.config), optionsOf(toRunConfig(planned))];
      compareOptions(stored, given, trainTable, `the run in ${path}`, advice);
      const resume = await findCheckpoint(folder, job, (text) => observer.remark?.({ kind: 'notice', text }));
      return { ...job, ...(resume && { resume }) };
    };
    return await inBegunRun(path, prepare, work);
  } finally {
    planned.backend.close();
  }
}

async function trainAndScoreIn(
  folder: RunFolder,
  job: TrainingJob,
  subset: Subset,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<RunOutcome | undefined> {
  const { model, config } = job;
  const { epochs, interrupted } = await trainInFolder(folder, job, observer, signal);
  await observer.done?.(interrupted);
  if (interrupted) return undefined;
  const last = epochs.at(-1)!;
  const evaluation = await score(job, subset, observer, signal);
  return (
    evaluation && {
      config,
      epochs: last.epoch,
      bestEpoch: last.bestEpoch,
      seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
      weightsSha256: await weightsSha256(model),
      outputs: outputScores(job, evaluation),
    }
  );
}

/** Scores the best weights; the result is undefined where `signal` ends it. */
async function score(
  { model, dataset, options }: TrainingJob,
  subset: Subset,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<Evaluation | undefined> {
  const measure = evaluate(model, dataset, {
    subset,
    batch: options.microBatch,
    perImage: true,
    signal,
    onProgress: progressOf(observer, 'scoring'),
  });
  return unlessAborted(measure, signal);
}

/** Lists the heads, and where there are several their mean, each with the cost of the network pruned to it. */
function outputScores({ config, dataset }: TrainingJob, { heads, ...mean }: Evaluation): OutputScores[] {
  const { records, sampler } = dataset;
  const size = { width: sampler.size, height: sampler.size };
  const all = heads.map(({ head, ...scores }) => ({ output: head as Mode, scores }));
  if (heads.length > 1) all.push({ output: 'accurate', scores: mean });
  return all.map(({ output, scores: { dice, iou, perImage } }) => ({
    output,
    ...networkCost(config, output, size),
    dice,
    iou,
    images: perImage!.map(({ image, dice, iou }) => {
      const patient = records.get(image)?.patient;
      return { image, ...(patient !== undefined && { patient }), dice, iou };
    }),
  }));
}
