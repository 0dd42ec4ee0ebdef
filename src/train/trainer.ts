/** Training: epochs of shuffled mini-batches, a validation after each, the best weights kept. */
import { Scope } from '../backend/scope.js';
import type { Dataset } from '../data/dataset.js';
import { type Evaluation, evaluate } from '../evaluate/evaluate.js';
import { checkFits } from '../evaluate/labelled-batches.js';
import type { Model } from '../model/model.js';
import { checkSize } from '../network/network.js';
import { stepsPerEpoch, trainEpoch } from './epoch.js';
import { type TrainOptions, type TrainSettings, trainSettings } from './options.js';
import { learningRateAt } from './schedule.js';
import { TrainingState } from './state.js';
import type { Losses } from './step.js';

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
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Of the whole epoch; where it was resumed, since then. */
  readonly seconds: number;
  /** Of the training alone, loading and augmenting included. */
  readonly imagesPerSecond: number;
  /** Why the training ends here; absent where another epoch follows. */
  readonly end?: 'epochs' | 'patience';
}

/**
 * Trains `model` in place, one report an epoch:
 *
 *     for await (const epoch of trainModel(model, dataset, { epochs: 10 })) console.log(epoch.validation.dice);
 *
 * The best epoch is the one with the highest validation Dice of the heads' mean ('accurate'), at equal Dice the lowest
 * loss. However it ends, by itself, by the signal, by `break` or by an error, the model then has the weights of the best
 * epoch; while a report is looked at, it has those that were validated.
 * @throws InputError for options or a data set that do not fit the model, or a checkpoint that fits neither
 * @throws Error when a loss is not finite; it names the epoch and the step
 */
export async function* trainModel(
  model: Model,
  dataset: Dataset,
  options: TrainOptions = {},
): AsyncGenerator<EpochReport, void, void> {
  const settings = trainSettings(options);
  checkFits(model.config, dataset);
  checkSize(model.config, dataset.sampler.size, dataset.sampler.size);
  // Thresholds and a recommendation were chosen for other weights.
  const { preprocessing } = dataset.sampler;
  model.adopt({ preprocessing, thresholds: {}, training: model.card.training });
  const scope = new Scope(model.backend);
  try {
    yield* trainOn(new TrainingState(model, dataset, settings, scope));
  } finally {
    scope.free();
  }
}

async function* trainOn(state: TrainingState): AsyncGenerator<EpochReport, void, void> {
  const { model, dataset, settings } = state;
  const { epochs, signal } = settings;
  adoptSummary(state);
  try {
    while (!state.end()) {
      const started = performance.now();
      const { epoch } = state.current;
      const { training, imagesPerSecond } = await train(state);
      const learningRate = lastRate(state);
      state.swap();
      try {
        const validation = await validate(model, dataset, epoch, settings);
        const best = await state.finish(validation);
        if (best) adoptSummary(state);
        const seconds = (performance.now() - started) / 1000;
        const report = { epoch, epochs, training, validation, best, bestEpoch: state.bestEpoch, learningRate, seconds };
        const end = state.end();
        yield { ...report, imagesPerSecond, ...(end && { end }) };
      } finally {
        state.swap();
      }
      await state.write();
    }
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    await state.write();
  } finally {
    state.restoreBest();
  }
}

/** The model's card tells of the best epoch, where there has been one. */
function adoptSummary({ model, summary }: TrainingState): void {
  if (summary) model.adopt({ ...model.card, training: summary });
}

/** The training part of the current epoch. */
async function train(state: TrainingState): Promise<{ training: Losses; imagesPerSecond: number }> {
  const { step, dataset, settings, factor } = state;
  const started = performance.now();
  const before = state.current.images;
  for await (const current of trainEpoch(step, dataset, state.current, factor, settings)) await state.advance(current);
  const { images, losses } = state.current;
  const training = { total: losses.total / images, heads: losses.heads.map((loss) => loss / images) };
  return { training, imagesPerSecond: (1000 * (images - before)) / (performance.now() - started) };
}

/** The learning rate of the current epoch's last step. */
function lastRate({ dataset, settings, current: { epoch }, factor }: TrainingState): number {
  const steps = stepsPerEpoch(dataset, settings);
  return learningRateAt(epoch * steps - 1, steps, settings.rate, factor);
}

async function validate(model: Model, dataset: Dataset, epoch: number, settings: TrainSettings): Promise<Evaluation> {
  const { epochs, microBatch, loss, learningRate, signal, onProgress } = settings;
  const started = performance.now();
  const validation = await evaluate(model, dataset, {
    batch: microBatch,
    loss,
    signal,
    onProgress(done, total) {
      const imagesPerSecond = (1000 * done) / (performance.now() - started);
      onProgress?.({ epoch, epochs, phase: 'validation', done, total, imagesPerSecond });
    },
  });
  if (Number.isFinite(validation.loss)) return validation;
  throw new Error(
    `training: the loss in the validation after epoch ${epoch} is ${validation.loss}; lower the learning rate (${learningRate}), or use a norm`,
  );
}
