/** `unetpp train`, and `node train.js`: trains a network on a folder of images and masks, or on the built-in phantom. */
import { join } from 'node:path';
import { type Augmentation, augment, parseAugmentations } from '../data/augment.js';
import { type Dataset, openDataset } from '../data/dataset.js';
import { syntheticDataset } from '../data/phantom.js';
import { encodePng } from '../data/png.js';
import { writeFileAtomic } from '../files/atomic.js';
import { createBackend, createModel } from '../index.js';
import { type ModelConfig, parseConfig } from '../model/config.js';
import type { Model } from '../model/model.js';
import { encodeModel } from '../model/modelfile.js';
import { checkSize } from '../model/network.js';
import { learningCurves } from '../report/curves.js';
import { predictionSheet } from '../report/sheet.js';
import type { RunFolder } from '../train/run.js';
import { type EpochReport, trainModel } from '../train/trainer.js';
import { epochHeader, epochRow } from './epochs.js';
import { examples } from './examples.js';
import { duration } from './format.js';
import { onInterrupt } from './interrupt.js';
import { requireForTraining } from './memory.js';
import { Progress } from './progress.js';
import { secondsLeft } from './remaining.js';
import { freePath, inRunFolder } from './run-folder.js';
import { type TrainOptions, trainCommand, withDefaults } from './train-options.js';
import { introduction, reportTraining } from './train-report.js';

export const train = trainCommand().action((options: TrainOptions) => run(withDefaults(options)));

async function run(options: TrainOptions): Promise<void> {
  const { json, quiet, data, size, seed, ...settings } = options;
  const augmentations = parseAugmentations(options.augment);
  const dataset = data === undefined ? syntheticDataset({ size, seed }) : await openDataset(data, { size, seed });
  const config = configOf(options, dataset);
  checkSize(config, size, size);
  const memory = requireForTraining(config, options);
  const path = await freePath(options.out, dataset);
  const progress = new Progress(options);
  await readAll(dataset, progress);

  const model = createModel(config, { backend: createBackend(options.backend), seed, initialisation: options.init });
  const interrupt = onInterrupt(() =>
    progress.line('stopping: the best model so far is saved (Ctrl-C again ends at once)'),
  );
  progress.line(introduction(dataset, model, options, memory));
  const asked = { data: data ?? null, size, seed, ...settings, config, split: dataset.split };
  const job = { options, augmentations, dataset, model, progress, signal: interrupt.signal };
  try {
    await inRunFolder(path, asked, (folder) => trainInto(folder, job));
  } finally {
    interrupt.end();
  }
}

function configOf(options: TrainOptions, dataset: Dataset): ModelConfig {
  const { filters, skips, deepSupervision, norm, upsample, dropout } = options;
  const fields = { filters, skips, deepSupervision, norm, upsample, dropout, inChannels: dataset.channels };
  return parseConfig(fields, 'train');
}

/** Reads every image and mask once: a damaged one is found before hours of training, and before anything is written. */
async function readAll(dataset: Dataset, progress: Progress): Promise<void> {
  const names = [...dataset.split.train, ...dataset.split.validation];
  for (const [k, name] of names.entries()) {
    await dataset.load(name);
    progress.update('reading', k + 1, names.length, `${k + 1} of ${names.length} images`);
  }
}

interface Job {
  readonly options: TrainOptions;
  readonly augmentations: readonly Augmentation[];
  readonly dataset: Dataset;
  readonly model: Model;
  readonly progress: Progress;
  /** Ends the training early, with what there is. */
  readonly signal: AbortSignal;
}

async function trainInto(folder: RunFolder, job: Job): Promise<void> {
  const { options, model, progress } = job;
  const started = performance.now();
  const epochs: EpochReport[] = [];
  for await (const epoch of reports(job)) {
    await folder.add(epoch, model);
    if (epochs.length === 0) progress.line(epochHeader(epoch));
    epochs.push(epoch);
    progress.line(epochRow(epoch));
  }
  progress.line('');
  const seconds = (performance.now() - started) / 1000;
  if (epochs.length === 0) await writeFileAtomic(folder.model, await encodeModel(model));
  await writePictures(folder, job, epochs);
  await reportTraining(options, folder, model, epochs, seconds);
}

/** The training itself, an epoch at a time, with the bar in between. */
function reports({ options, augmentations, dataset, model, progress, signal }: Job): AsyncIterable<EpochReport> {
  const { train, validation } = dataset.split;
  const images = { train: train.length, validation: validation.length };
  const started = performance.now();
  return trainModel(model, dataset, {
    ...options,
    learningRate: options.lr,
    augment: (sample, key) => augment(sample, augmentations, key),
    signal,
    onProgress(now) {
      const left = secondsLeft(now, images, (performance.now() - started) / 1000);
      const text = `${now.imagesPerSecond.toFixed(1)} images/s, ${duration(left)} left`;
      progress.update(`epoch ${now.epoch}/${now.epochs} ${now.phase}`, now.done, now.total, text);
    },
  });
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
