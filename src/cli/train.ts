/** `unetpp train`, and `node train.js`: trains a network on a folder of images and masks, or on the built-in phantom. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { encodePng } from '../data/png.js';
import { writeFileAtomic } from '../files/atomic.js';
import { encodeModel } from '../model/modelfile.js';
import { learningCurves } from '../report/curves.js';
import { predictionSheet } from '../report/sheet.js';
import type { RunFolder } from '../train/run.js';
import type { EpochReport } from '../train/trainer.js';
import { epochHeader, epochRow } from './epochs.js';
import { examples } from './examples.js';
import { interruptible } from './interrupt.js';
import { Progress } from './progress.js';
import { findCheckpoint, resumedOptions } from './resume.js';
import { freePath, inOldRunFolder, inRunFolder } from './run-folder.js';
import { measureOnTest } from './test-images.js';
import { asked, type Job, loadJob, openData, planJob } from './train-job.js';
import { type TrainOptions, trainCommand, withDefaults, withRecipe } from './train-options.js';
import { introduction, reportTraining, reportUnbegun } from './train-report.js';
import { trainInFolder } from './training.js';

export const train = trainCommand().action(async (options: TrainOptions, command: Command) => {
  const progress = new Progress(options);
  await interruptible(progress, (signal) =>
    options.resume === undefined
      ? begin(withDefaults(withRecipe(options, command)), progress, signal)
      : goOn(options.resume, command, progress, signal),
  );
});

/** @returns where it was interrupted, the command that goes on with it; as those below */
async function begin(options: TrainOptions, progress: Progress, signal: AbortSignal): Promise<string | undefined> {
  const planned = planJob(options, await openData(options));
  const path = await freePath(options.out, planned.dataset);
  return inRunFolder(path, asked(planned), async (folder) => {
    const job = await loadJob(planned, progress, signal);
    return job ? trainInto(folder, job, progress, signal) : reportUnbegun(planned, folder);
  });
}

async function goOn(
  run: string,
  command: Command,
  progress: Progress,
  signal: AbortSignal,
): Promise<string | undefined> {
  const prepare = async (folder: RunFolder) => {
    const options = resumedOptions(folder, command);
    const planned = planJob(options, await openData(options));
    const job = await loadJob(planned, progress, signal);
    if (!job) return { planned };
    const resume = await findCheckpoint(folder, job, (warning) => progress.line(warning));
    await folder.change(asked(job));
    return { planned, job: { ...job, ...(resume && { resume }) } };
  };
  return inOldRunFolder(run, prepare, async (folder, { planned, job }) =>
    job ? trainInto(folder, job, progress, signal) : reportUnbegun(planned, folder),
  );
}

async function trainInto(
  folder: RunFolder,
  job: Job,
  progress: Progress,
  signal: AbortSignal,
): Promise<string | undefined> {
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
    if (epochs.length === 0) await writeFileAtomic(folder.model, await encodeModel(model));
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
  { model, dataset }: Job,
  epochs: readonly EpochReport[],
): Promise<void> {
  const sheet = predictionSheet(await examples(model, dataset));
  await writeFileAtomic(join(folder.path, 'predictions.png'), encodePng(sheet));
  if (epochs.length === 0) return;
  const curves = learningCurves(epochs.map(curvePoint));
  await writeFileAtomic(join(folder.path, 'curves.png'), encodePng(curves));
}

function curvePoint({ epoch, training, validation }: EpochReport) {
  const heads = validation.heads.map(({ head, dice }) => [head, dice] as const);
  const dice = Object.fromEntries(heads.length > 1 ? [...heads, ['mean', validation.dice]] : heads);
  return { epoch, trainLoss: training.total, validationLoss: validation.loss, dice };
}
