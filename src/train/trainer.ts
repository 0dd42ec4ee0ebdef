/** Training: epochs of shuffled mini-batches, a validation after each, the best weights kept. */
import { InputError } from '../base/errors.js';
import type { Key } from '../base/random.js';
import type { Dataset, Sample } from '../data/dataset.js';
import { checkCount } from '../model/checks.js';
import { levelsOf } from '../model/config.js';
import { levelName } from '../model/mode.js';
import type { Model } from '../model/model.js';
import { checkSize } from '../model/network.js';
import type { Snapshot } from '../model/parameters.js';
import { breathe, chunks, sampleKey, shuffled } from './batches.js';
import { checkFits, type Evaluation, evaluate } from './evaluate.js';
import type { OptimizerOptions } from './optimizer.js';
import { type Example, type Losses, TrainingStep } from './step.js';

export interface TrainOptions extends OptimizerOptions {
  /** Default: 30. */
  readonly epochs?: number;
  /** Images of a mini-batch: one step of the optimizer. Default: 16. */
  readonly batch?: number;
  /** Images computed at once; memory grows with it, and batch norm takes its statistics over it. Default: 4. */
  readonly microBatch?: number;
  /** Default: 3e-4, the paper's. */
  readonly learningRate?: number;
  /** Of shuffling, augmentation and dropout. Default: 1. */
  readonly seed?: number;
  /** The weight of each head in the loss, shallowest first. Default: equal. */
  readonly headWeights?: readonly number[];
  /** Ends the training after so many epochs in a row without improvement. Default: never. */
  readonly patience?: number;
  /** Changes a sample before it is trained on; `key` belongs to the seed, the epoch and the sample. */
  readonly augment?: (sample: Sample, key: Key) => Sample;
  /** Ends the training within a micro-batch; the best weights so far are kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Where an epoch stands, after each micro-batch. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly phase: 'training' | 'validation';
  /** Images done, and all of this phase. */
  readonly done: number;
  readonly total: number;
  readonly imagesPerSecond: number;
}

export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Means over the epoch's images while the weights changed. */
  readonly training: Losses;
  /** In mode 'accurate', with every head. */
  readonly validation: Evaluation;
  /** Whether this is the best epoch so far. */
  readonly best: boolean;
  /** The best epoch so far. */
  readonly bestEpoch: number;
  readonly learningRate: number;
  /** Of the whole epoch. */
  readonly seconds: number;
  /** Of the training alone, loading and augmenting included. */
  readonly imagesPerSecond: number;
  /** Why the training ends here; absent where another epoch follows. */
  readonly end?: 'epochs' | 'patience';
}

const DEFAULTS = { epochs: 30, batch: 16, microBatch: 4, learningRate: 3e-4, seed: 1, patience: Infinity };
type Settings = typeof DEFAULTS & TrainOptions;

/**
 * Trains `model` in place, one report an epoch:
 *
 *     for await (const epoch of trainModel(model, dataset, { epochs: 10 })) console.log(epoch.validation.dice);
 *
 * The best epoch is the one with the highest validation Dice of the heads' mean ('accurate'), at equal Dice the lowest
 * loss. However it ends, by itself, by the signal, by `break` or by an error, the model then has the weights of the best
 * epoch; while a report is looked at, it has those of that epoch.
 * @throws InputError for options or a data set that do not fit the model
 * @throws Error when a loss is not finite; it names the epoch and the step
 */
export async function* trainModel(
  model: Model,
  dataset: Dataset,
  options: TrainOptions = {},
): AsyncGenerator<EpochReport, void, void> {
  const settings = withDefaults(options);
  const { epochs, patience, learningRate, signal } = settings;
  checkFits(model.config, dataset);
  checkSize(model.config, dataset.size, dataset.size);
  model.preprocessing = { normalisation: 'range', size: dataset.size };
  const step = new TrainingStep(model, { ...settings, width: dataset.size, height: dataset.size });
  let best: { epoch: number; validation: Evaluation; weights: Snapshot } | undefined;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const { training, imagesPerSecond } = await trainEpoch(step, dataset, epoch, settings);
      const validation = await validate(model, dataset, epoch, settings);
      checkFinite(validation.loss, `in the validation after epoch ${epoch} is ${validation.loss}`, settings);
      const improved = !best || isBetter(validation, best.validation);
      if (improved) {
        best = { epoch, validation, weights: model.parameters.snapshot() };
        model.training = summary(dataset, settings, epoch, validation);
      }
      const bestEpoch = best!.epoch;
      const end = epoch === epochs ? 'epochs' : epoch - bestEpoch >= patience ? 'patience' : undefined;
      const seconds = (performance.now() - started) / 1000;
      const report = { epoch, epochs, training, validation, best: improved, bestEpoch, learningRate, seconds };
      yield { ...report, imagesPerSecond, ...(end && { end }) };
      if (end) return;
    }
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
  } finally {
    if (best) model.parameters.restore(best.weights);
  }
}

async function trainEpoch(
  step: TrainingStep,
  dataset: Dataset,
  epoch: number,
  settings: Settings,
): Promise<{ training: Losses; imagesPerSecond: number }> {
  const { epochs, batch, microBatch, learningRate, seed, signal, onProgress } = settings;
  const started = performance.now();
  const names = shuffled(dataset.split.train, seed, epoch);
  const heads = levelsOf(step.model.config).map(levelName);
  const sums = [0, ...heads.map(() => 0)];
  let done = 0;
  const rate = () => (1000 * done) / (performance.now() - started);
  for (const [k, miniBatch] of chunks(names, batch).entries()) {
    for (const part of chunks(miniBatch, microBatch)) {
      const examples = await Promise.all(part.map((name) => example(dataset, name, epoch, settings)));
      signal?.throwIfAborted();
      const { total, heads: losses } = step.accumulate(examples, miniBatch.length);
      for (const [i, loss] of losses.entries()) {
        checkFinite(loss, `of head ${heads[i]} became ${loss} in epoch ${epoch}, step ${k + 1}`, settings);
      }
      for (const [i, loss] of [total, ...losses].entries()) sums[i]! += loss * part.length;
      done += part.length;
      onProgress?.({ epoch, epochs, phase: 'training', done, total: names.length, imagesPerSecond: rate() });
      await breathe();
    }
    step.update(learningRate);
  }
  const [total, ...losses] = sums.map((sum) => sum / names.length) as [number, ...number[]];
  return { training: { total, heads: losses }, imagesPerSecond: rate() };
}

function validate(model: Model, dataset: Dataset, epoch: number, settings: Settings): Promise<Evaluation> {
  const { epochs, microBatch, headWeights, signal, onProgress } = settings;
  const started = performance.now();
  return evaluate(model, dataset, {
    batch: microBatch,
    headWeights,
    signal,
    onProgress(done, total) {
      const imagesPerSecond = (1000 * done) / (performance.now() - started);
      onProgress?.({ epoch, epochs, phase: 'validation', done, total, imagesPerSecond });
    },
  });
}

/** @throws Error that says what to do, unless the loss is finite */
function checkFinite(loss: number, what: string, { learningRate }: Settings): void {
  if (Number.isFinite(loss)) return;
  throw new Error(`training: the loss ${what}; lower the learning rate (${learningRate}), or use a norm`);
}

async function example(dataset: Dataset, name: string, epoch: number, { seed, augment }: Settings): Promise<Example> {
  const sample = await dataset.load(name);
  const { image, mask } = augment ? augment(sample, sampleKey(seed, 'augment', epoch, name)) : sample;
  return { image, mask, dropoutKey: sampleKey(seed, 'dropout', epoch, name) };
}

function isBetter(a: Evaluation, b: Evaluation): boolean {
  return a.dice > b.dice || (a.dice === b.dice && a.loss < b.loss);
}

/** What the model file says of its training; the same run gives the same words. */
function summary(dataset: Dataset, settings: Settings, epoch: number, validation: Evaluation): Model['training'] {
  const { epochs, batch, microBatch, learningRate, seed, optimizer = 'adam' } = settings;
  const images = { train: dataset.split.train.length, validation: dataset.split.validation.length };
  return { dataset: dataset.name, images, epochs, epoch, batch, microBatch, optimizer, learningRate, seed, validation };
}

/** @throws InputError that names the option */
function withDefaults(options: TrainOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: Settings = { ...DEFAULTS, ...given };
  for (const name of ['epochs', 'batch', 'microBatch'] as const) checkCount(settings[name], `training: ${name}`);
  const { learningRate, patience, seed } = settings;
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new InputError(`training: learningRate is ${learningRate}, expected a number above 0`);
  }
  if (!(patience >= 1)) throw new InputError(`training: patience is ${patience}, expected at least 1 epoch`);
  if (!Number.isSafeInteger(seed)) throw new InputError(`training: seed is ${seed}, expected a whole number`);
  return settings;
}
