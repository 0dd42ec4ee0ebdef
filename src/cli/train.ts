/** `unetpp train`, and `node train.js`: trains a network on a folder of images and masks, or on the built-in phantom. */
import type { Command } from 'commander';
import { encodePng } from '../data/png.js';
import { encodeModel } from '../model/modelfile.js';
import { learningCurves } from '../report/curves.js';
import { predictionSheet } from '../report/sheet.js';
import type { RunFolder } from '../train/run.js';
import type { EpochReport } from '../train/trainer.js';
import { epochHeader, epochRow } from './epochs.js';
import { examples } from './examples.js';
import { onInterrupt } from './interrupt.js';
import { LEARNING_CURVES, PREDICTIONS } from './kinds.js';
import { outputsOf } from './outputs.js';
import { Progress } from './progress.js';
import { findCheckpoint, resumedOptions } from './resume.js';
import { freePath, inOldRunFolder, inRunFolder } from './run-folder.js';
import { measureOnTest } from './test-images.js';
import { asked, type Job, prepareJob } from './train-job.js';
import { type TrainOptions, trainCommand, withDefaults, withRecipe } from './train-options.js';
import { introduction, reportTraining } from './train-report.js';
import { trainInFolder } from './training.js';

export const train = trainCommand().action((options: TrainOptions, command: Command) => {
  return options.resume === undefined
    ? begin(withDefaults(withRecipe(options, command)))
    : goOn(options.resume, command);
});

async function begin(options: TrainOptions): Promise<void> {
  const progress = new Progress(options);
  const job = await prepareJob(options, progress);
  const path = await freePath(options.out, job.dataset, outputsOf(options, { '--data': options.data }));
  await inRunFolder(path, asked(job), (folder) => trainInto(folder, job, progress));
}

async function goOn(run: string, command: Command): Promise<void> {
  const prepare = async (folder: RunFolder) => {
    const options = resumedOptions(folder, command);
    const progress = new Progress(options);
    const job = await prepareJob(options, progress);
    const resume = await findCheckpoint(folder, job, (warning) => progress.line(warning));
    await folder.change(asked(job));
    return { job: { ...job, ...(resume && { resume }) }, progress };
  };
  await inOldRunFolder(run, prepare, (folder, { job, progress }) => trainInto(folder, job, progress));
}

async function trainInto(folder: RunFolder, job: Job, progress: Progress): Promise<void> {
  const { model, resume } = job;
  const interrupt = onInterrupt(() => progress.line('stopping after this micro-batch (Ctrl-C again ends at once)'));
  try {
    progress.line(introduction(job));
    const started = performance.now();
    const epochs: EpochReport[] = [...(resume?.epochs ?? [])];
    let atEnd = false;
    for await (const epoch of trainInFolder(folder, job, progress, interrupt.signal)) {
      if (epochs.length === 0 || epochs.length === resume?.epochs.length) progress.line(epochHeader(epoch));
      epochs.push(epoch);
      progress.line(epochRow(epoch));
      atEnd = epoch.end !== undefined;
    }
    const stopped = interrupt.signal.aborted && !atEnd;
    progress.line('');
    const seconds = (performance.now() - started) / 1000;
    if (epochs.length === 0) await folder.write('model.safetensors', await encodeModel(model));
    await writePictures(folder, job, epochs);
    const testing = job.options.test === true && !stopped;
    const tested = testing ? await measureOnTest(job, folder, progress, interrupt.signal) : undefined;
    const interrupted = stopped || (testing && !tested);
    await reportTraining(job, folder, { epochs, seconds, interrupted, ...(tested && { tested }) });
  } finally {
    interrupt.end();
    model.backend.close();
  }
}

async function writePictures(
  folder: RunFolder,
  { model, dataset }: Job,
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
