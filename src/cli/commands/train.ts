/** `unetpp train`, and `node train.js`: trains a network on a folder of images and masks, or on the built-in phantom. */
import type { Command } from 'commander';
import { examples } from '../../app/examples.js';
import { LEARNING_CURVES, PREDICTIONS } from '../../app/kinds.js';
import { outputsOf } from '../../app/outputs.js';
import { doneResult, findCheckpoint, resumedOptions } from '../../app/runs/resume.js';
import { freePath, inOldRunFolder, inRunFolder, lockWait } from '../../app/runs/run-folder.js';
import { asked, loadJob, openData, planJob, type TrainingJob } from '../../app/training/job.js';
import { measureOnTest } from '../../app/training/test-images.js';
import { trainInFolder } from '../../app/training/training.js';
import { InputError } from '../../base/errors.js';
import { encodePng } from '../../formats/png/png.js';
import { encodeModel } from '../../model/modelfile.js';
import type { LockWaitOptions } from '../../platform/node/lock/lock-wait.js';
import { RunFolder } from '../../platform/node/runs/run-folder.js';
import { learningCurves } from '../../report/curves.js';
import { predictionSheet } from '../../report/sheet.js';
import type { EpochReport } from '../../train/report.js';
import { type TrainCommandOptions, trainCommand, withDataDefaults, withRecipe } from '../options/train-options.js';
import { epochHeader, epochRow } from '../tables/epochs.js';
import { introduction, reportDone, reportTraining, reportUnbegun } from '../tables/train-report.js';
import { interruptible } from '../terminal/interrupt.js';
import { ProgressBar } from '../terminal/progress.js';

export const train = trainCommand().action(async (options: TrainCommandOptions, command: Command) => {
  const run = runToGoOnWith(options);
  const progress = new ProgressBar(options);
  await interruptible(progress, (signal) => {
    const call = { progress, signal, wait: lockWait(options, progress, signal) };
    return run === undefined ? begin(withDataDefaults(withRecipe(options, command)), call) : goOn(run, command, call);
  });
});

/** What belongs to this call, not to the run. */
interface Call {
  readonly progress: ProgressBar;
  readonly signal: AbortSignal;
  readonly wait: LockWaitOptions;
}

/** Undefined where a run begins. @throws InputError for --continue without a folder, or with two */
function runToGoOnWith({ continue: either = false, resume, out }: TrainCommandOptions): string | undefined {
  if (!either) return resume;
  if (resume !== undefined) {
    throw new InputError('--continue begins or goes on with the run in --out, --resume goes on only; leave one out');
  }
  if (out === undefined) throw new InputError('--continue needs to know the folder of the run; give it with --out');
  return RunFolder.holdsRun(out) ? out : undefined;
}

/** Gives the command that goes on with it, where it was interrupted. */
type Work = () => Promise<string | undefined>;

async function begin(options: TrainCommandOptions, call: Call): ReturnType<Work> {
  const planned = planJob(options, await openData(options));
  const path = await freePath(options.out, planned.dataset, outputsOf(options, { '--data': options.data }));
  const work = async (folder: RunFolder) => {
    const job = await loadJob(planned, call.progress, call.signal);
    return job ? trainInto(folder, job, call) : reportUnbegun(planned, folder);
  };
  return inRunFolder(path, asked(planned), work, call.wait);
}

async function goOn(run: string, command: Command, call: Call): ReturnType<Work> {
  const { progress, signal } = call;
  const prepare = async (folder: RunFolder): Promise<Work> => {
    const options = resumedOptions(folder, command);
    const done = options.continue ? await doneResult(folder, options) : undefined;
    if (done) return async () => reportDone(options, folder, done);
    const planned = planJob(options, await openData(options));
    const job = await loadJob(planned, progress, signal);
    if (!job) return async () => reportUnbegun(planned, folder);
    const resume = await findCheckpoint(folder, job, (warning) => progress.line(warning));
    await folder.change(asked(job));
    return () => trainInto(folder, { ...job, ...(resume && { resume }) }, call);
  };
  return inOldRunFolder(run, prepare, (_, rest) => rest(), call.wait);
}

async function trainInto(folder: RunFolder, job: TrainingJob, { progress, signal }: Call): ReturnType<Work> {
  const { model, resume } = job;
  try {
    progress.line(introduction(job));
    const started = performance.now();
    const epochs: EpochReport[] = [...(resume?.epochs ?? [])];
    let atEnd = false;
    for await (const epoch of trainInFolder(folder, job, progress, signal)) {
      if (epochs.length === 0 || epochs.length === resume?.epochs.length) progress.line(epochHeader(epoch));
      epochs.push(epoch);
      progress.line(epochRow(epoch));
      atEnd = epoch.end !== undefined;
    }
    const stopped = signal.aborted && !atEnd;
    progress.line('');
    const seconds = (performance.now() - started) / 1000;
    if (epochs.length === 0) await folder.write('model.safetensors', await encodeModel(model));
    await writePictures(folder, job, epochs);
    const testing = job.options.test === true && !stopped;
    const tested = testing ? await measureOnTest(job, folder, progress, signal) : undefined;
    const interrupted = stopped || (testing && !tested);
    return await reportTraining(job, folder, { epochs, seconds, interrupted, ...(tested && { tested }) });
  } finally {
    model.backend.close();
  }
}

async function writePictures(
  folder: RunFolder,
  { model, dataset }: TrainingJob,
  epochs: readonly EpochReport[],
): Promise<void> {
  const sheet = predictionSheet(await examples(model, dataset));
  await folder.write('predictions.png', encodePng(sheet, PREDICTIONS.text));
  if (epochs.length === 0) return;
  const curves = learningCurves(epochs.map(curvePoint));
  await folder.write('curves.png', encodePng(curves, LEARNING_CURVES.text));
}

function curvePoint({ epoch, training, validation }: EpochReport) {
  const heads = validation.heads.map(({ head, dice }) => [head, dice] as const);
  const dice = Object.fromEntries(heads.length > 1 ? [...heads, ['mean', validation.dice]] : heads);
  return { epoch, trainLoss: training.total, validationLoss: validation.loss, dice };
}
