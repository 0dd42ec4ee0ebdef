/** The training part of an epoch: its mini-batches, one step of the optimizer each. */
import { chunks } from '../../base/chunks.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { type Augment, augment as augmented } from '../../data/augment/augment.js';
import { type Dataset, examplesOf, type Sampler } from '../../data/dataset.js';
import type { Size } from '../../image/frame.js';
import type { TrainSettings } from '../options.js';
import type { Losses } from '../step/losses.js';
import type { Example, Step } from '../step/step.js';
import { type Draw, drawKey, drawsOf, shuffled } from './batches.js';
import { beginEpoch, type EpochState, meanLosses, withLosses } from './epoch-state.js';
import { Prefetcher } from './prefetcher.js';

/** What training needs of a data set. */
export interface TrainingImages extends Pick<Dataset, 'split' | 'load'> {
  readonly sampler: Pick<Sampler, 'size' | 'patches'>;
}

/** How many steps the optimizer takes in an epoch. */
export function stepsPerEpoch(images: TrainingImages, { batch }: Pick<TrainSettings, 'batch'>): number {
  return Math.ceil(examplesOf(images) / batch);
}

/** A step of the optimizer that was taken. */
export interface TakenStep {
  /** The number of the step in its epoch, counted from 1. */
  readonly number: number;
  /** How many images each micro-batch of its mini-batch has. */
  readonly images: readonly number[];
  /** The losses of each micro-batch, before the step; they come when they are computed. */
  readonly losses: Promise<readonly Losses[]>;
  readonly learningRate: number;
}

/**
 * Trains the rest of an epoch. Nothing here waits for losses.
 * @param rateOf gives the learning rate of a step by its index in the epoch, from 0
 * @yields each step, when it is taken
 */
export async function* trainEpoch(
  step: Step,
  dataset: TrainingImages,
  begun: EpochState,
  rateOf: (step: number) => number,
  settings: TrainSettings,
): AsyncGenerator<TakenStep, void, void> {
  const { epochs, batch, microBatch, seed, signal, onProgress } = settings;
  const { epoch } = begun;
  const draws = shuffled(drawsOf(dataset.split.train, dataset.sampler.patches?.perImage), seed, epoch);
  const miniBatches = chunks(draws, batch).map((miniBatch) => chunks(miniBatch, microBatch));
  const rest = miniBatches.slice(begun.steps).flatMap((parts) => step.share(parts.length).map((p) => parts[p]!));
  const examples = new Prefetcher(rest.length, step.concurrency, (k) => load(dataset, rest[k]!, epoch, settings));
  const started = performance.now();
  let done = begun.images;
  for (const [k, parts] of miniBatches.entries()) {
    if (k < begun.steps) continue;
    // Where several ranks have agreed to stop, also those stop that have no share of this mini-batch.
    signal?.throwIfAborted();
    const { losses } = await step.accumulate(
      parts.flat().length,
      parts.map(() => async () => {
        const part = await examples.take();
        signal?.throwIfAborted();
        return part;
      }),
      (images) => {
        done += images;
        const imagesPerSecond = (1000 * (done - begun.images)) / (performance.now() - started);
        onProgress?.({ epoch, epochs, phase: 'training', done, total: draws.length, imagesPerSecond });
      },
    );
    // With those that other ranks have computed.
    done = begun.images + miniBatches.slice(begun.steps, k + 1).flat(2).length;
    const learningRate = rateOf(k);
    step.update(learningRate);
    yield { number: k + 1, images: parts.map(({ length }) => length), losses, learningRate };
  }
}

/** What is known of a step when its losses have come. */
export interface StepOutcome {
  /** The state of the epoch after the step. */
  readonly state: EpochState;
  /** The mean losses over the images of its mini-batch, before the step. */
  readonly losses: Losses;
}

/**
 * Waits for the losses of a step.
 * @param before the state of the epoch before the step
 * @throws Error when a loss is not finite; it names the epoch and the step
 */
export async function outcomeOf(
  { number, images, losses }: TakenStep,
  before: EpochState,
  step: Step,
  settings: TrainSettings,
): Promise<StepOutcome> {
  const all = await losses;
  const withAll = (begun: EpochState) => images.reduce((sum, count, p) => withLosses(sum, all[p]!, count), begun);
  const state = { ...withAll(before), steps: number };
  checkFinite(state, step, settings);
  return { state, losses: meanLosses(withAll(beginEpoch(before.epoch, step.heads.length))) };
}

/** @throws Error that says what to do, unless the losses are finite */
function checkFinite({ epoch, steps, losses }: EpochState, step: Step, { learningRate }: TrainSettings): void {
  const wrong = losses.heads.findIndex((loss) => !Number.isFinite(loss));
  if (wrong < 0) return;
  throw new Error(
    `training: the loss of head ${step.heads[wrong]} became ${losses.heads[wrong]} in epoch ${epoch}, step ${steps}; lower the learning rate (${learningRate}), or use a norm`,
  );
}

const unaugmented: Augment = (sample, key, window) => augmented(sample, [], key, window);

async function load(
  { sampler, ...dataset }: TrainingImages,
  draws: readonly Draw[],
  epoch: number,
  { seed, augment = unaugmented }: TrainSettings,
): Promise<readonly Example[]> {
  const samples = await Promise.all(draws.map(({ name }) => dataset.load(name)));
  return samples.map((sample, k) => {
    const draw = draws[k]!;
    const key = drawKey(seed, 'augment', epoch, draw);
    const { image, mask } = augment(sample, key, sampler.patches?.window(sample, key));
    requireSize(draw.name, image, sampler);
    return { name: draw.name, image, mask, dropoutKey: drawKey(seed, 'dropout', epoch, draw) };
  });
}

/** @throws InputError where an augmentation has given something else than it was asked for */
function requireSize(name: string, { width, height }: Size, { size }: TrainingImages['sampler']): void {
  if (width === size && height === size) return;
  throw new InputError(
    `training: ${show(name)} came from augment with ${width}x${height} pixels, expected ${size}x${size}; it returns the window that it is given`,
  );
}
