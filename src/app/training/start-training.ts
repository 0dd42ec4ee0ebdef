/** A training from its options to its result: begun in a new folder, or resumed in the one that it has. */

import { join } from '#platform/files/paths.js';
import type { Group } from '../../base/ranks/group.js';
import { DERIVED_MODEL, encodeModel } from '../../model/modelfile.js';
import { claimFolder, claimFreeFolder } from '../../runs/new-folder.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { inBegunRun, inNewRun } from '../../runs/run-session.js';
import { computedBy, settleBackend } from '../backend.js';
import type { TrainCommandOptions } from '../options/train-options.js';
import { outputsOf } from '../outputs.js';
import { lockWait } from '../runs/lock-wait.js';
import { doneResult, findCheckpoint, resumedOptions } from '../runs/resume.js';
import { toRunConfig } from '../runs/run-config.js';
import { begunFrom, sameInitialModel } from '../runs/same-run.js';
import { tellOptions } from './agreement.js';
import { readInitialModel } from './initial-model.js';
import { loadJob, type PlannedTraining, planTraining, type TrainingJob } from './job.js';
import { despiteLoss } from './lost-backend.js';
import { writePictures } from './pictures.js';
import { keptOf, ranksOf, resultOf, type TrainResult, unbegunResult } from './result.js';
import { measureOnTest, type TestResult } from './test-images.js';
import { type TrainingObserver, trainInFolder } from './train-in-folder.js';
import { folderName, openData } from './training-data.js';

/** The outcome of a call that trains. */
export interface TrainingOutcome {
  /** The options of the run, which are those of its folder where it was resumed. */
  readonly options: TrainCommandOptions;
  readonly result: TrainResult;
  /** The scores on the test images, where this call measured them. */
  readonly tested?: TestResult;
}

/**
 * Begins a run, in the folder that the options name or else in a free one, and trains until it is done or `signal` ends
 * it, after which it can be resumed.
 * @param group the ranks that train together, of which this is the first; the others call `joinTraining`
 * @throws InputError for options that do not fit each other, the data or the memory, or a folder that holds something
 */
export async function startTraining(
  options: TrainCommandOptions,
  observer: TrainingObserver,
  signal: AbortSignal,
  group?: Group,
): Promise<TrainingOutcome> {
  const initial = await readInitialModel(options);
  const dataset = await openData(options);
  const settled = await settleBackend(options, observer);
  const planned = { ...(await planTraining(settled, dataset, initial)), ...(group && { group }) };
  try {
    const outputs = outputsOf(options, { '--data': options.data, '--init-from': initial?.file });
    const { out } = options;
    const path = await (out === undefined ? claimFreeFolder(folderName(dataset), outputs) : claimFolder(out, outputs));
    // With --force, the model that it begins from may lie in the very folder.
    if (initial) await outputs.file(join(path, 'model.safetensors'), DERIVED_MODEL);
    const work = async (folder: RunFolder): Promise<TrainingOutcome> => {
      const job = await loadJob(planned, observer, signal);
      return job ? trainJob(folder, job, observer, signal) : unbegun(folder, planned);
    };
    return await inNewRun(path, toRunConfig(planned), work, lockWait(options, observer, signal));
  } finally {
    planned.backend.close();
  }
}

/**
 * Resumes the run in the folder `path`, with its options, some of them replaced by those that are `given`. A run that is
 * done and is not extended returns the result that it has kept.
 * @throws InputError for an option that would make it another run, or images that are not those of the run
 */
export async function resumeTraining(
  path: string,
  given: Partial<TrainCommandOptions>,
  observer: TrainingObserver,
  signal: AbortSignal,
  group?: Group,
): Promise<TrainingOutcome> {
  let planned: PlannedTraining | undefined;
  const prepare = async (folder: RunFolder): Promise<() => Promise<TrainingOutcome>> => {
    const options = resumedOptions(folder, given);
    const kept = options.continue ? await doneResult(folder, options) : undefined;
    // The folder may have been moved since.
    if (kept && group) await tellOptions(group, undefined);
    if (kept) return async () => ({ options, result: { ...kept, run: folder.path, model: folder.model } });
    const dataset = await openData(options);
    const before = begunFrom(folder, options);
    const settled = await settleBackend(options, observer);
    const begun = { ...(await planTraining(settled, dataset, before)), ...(group && { group }) };
    planned = begun;
    const job = await loadJob(begun, observer, signal);
    if (!job) return async () => unbegun(folder, begun);
    const warn = (text: string) => observer.remark?.({ kind: 'notice', text });
    const resume = await findCheckpoint(folder, job, warn);
    const initial = before && !resume ? await sameInitialModel(folder, options, before.sha256) : before;
    await folder.change(toRunConfig(job));
    return () => trainJob(folder, { ...job, ...(initial && { initial }), ...(resume && { resume }) }, observer, signal);
  };
  try {
    return await inBegunRun(path, prepare, (_, work) => work(), lockWait(given, observer, signal));
  } finally {
    planned?.backend.close();
  }
}

/** The outcome of a training that was interrupted before its first step. */
function unbegun(folder: RunFolder, { options, backend }: PlannedTraining): TrainingOutcome {
  return { options, result: { ...unbegunResult(folder), ...computedBy(options.backend, backend) } };
}

async function trainJob(
  folder: RunFolder,
  job: TrainingJob,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<TrainingOutcome> {
  const started = performance.now();
  return despiteLoss(folder, job, observer, (each) => finishJob(folder, each, started, observer, signal));
}

/** Trains, draws the pictures and, with `test`, measures the test images. */
async function finishJob(
  folder: RunFolder,
  job: TrainingJob,
  started: number,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<TrainingOutcome> {
  const { model, options, group } = job;
  const { epochs, interrupted: stopped } = await trainInFolder(folder, job, observer, signal);
  const seconds = (performance.now() - started) / 1000;
  if (epochs.length === 0) await folder.write('model.safetensors', await encodeModel(model));
  await writePictures(folder, job, epochs);
  const testing = options.test === true && !stopped;
  const tested = testing ? await measureOnTest(job, folder, observer, signal) : undefined;
  const interrupted = stopped || (testing && !tested);
  const by = { ...computedBy(options.backend, model.backend), ...(group && ranksOf(group)) };
  const result = await resultOf(model, folder, { epochs, seconds, interrupted, by, ...(tested && { tested }) });
  if (!interrupted) await folder.keepResult(keptOf(result, options));
  await observer.done?.(interrupted);
  return { options, result, ...(tested && { tested }) };
}
