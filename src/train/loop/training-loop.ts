/**
 * The loop of a training: epochs of steps, a validation after each, checkpoints, the best weights kept. It knows no
 * network and no backend, only the parts that it is given, so that its tests script what these do.
 */
import { awaitedLater } from '../../base/promises.js';
import type { Evaluation } from '../../evaluate/evaluate.js';
import { CheckpointSchedule } from '../checkpoint/checkpoint-schedule.js';
import { allOf, type RunObserver } from '../observer.js';
import { learningRateAt } from '../optimizer/schedule.js';
import type { TrainSettings } from '../options.js';
import type { EpochReport } from '../report.js';
import type { Losses } from '../step/losses.js';
import type { Step } from '../step/step.js';
import { outcomeOf, stepsPerEpoch, type TakenStep, type TrainingImages, trainEpoch } from './epoch.js';
import { meanLosses } from './epoch-state.js';
import type { TrainingProgress, ValidatedEpoch } from './progress.js';
import type { Weights } from './weights.js';

/** What a training is made of. */
export interface TrainingParts {
  readonly progress: TrainingProgress;
  readonly step: Step;
  readonly weights: Weights;
  readonly dataset: TrainingImages;
  readonly settings: TrainSettings;
  /** Validates after an epoch, while the weights are those that are to be validated. */
  readonly validate: (epoch: number) => Promise<Evaluation>;
  /** Is called with an epoch that is the best so far, while its weights are those of the model. */
  readonly onBest: (best: ValidatedEpoch) => void;
  /** Writes all that is needed to resume. */
  readonly writeCheckpoint: () => Promise<void>;
  /** The time in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Trains until the progress is at its end or the signal ends it, and reports each epoch. However it ends, the weights are
 * then those of the best epoch; while the caller has a report, they are those that were validated.
 */
export async function* trainEpochs(parts: TrainingParts): AsyncGenerator<EpochReport, void, void> {
  const observer = allOf(parts.settings.observers ?? []);
  let failure: unknown;
  try {
    try {
      yield* trainUntilDone(parts, observer);
    } finally {
      // A device that is lost has lost the weights, too: this is then the error by which it has failed before.
      parts.weights.restoreBest();
    }
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await observer.end?.(failure);
  }
}

/** The epochs that are left, each with its checkpoint; the signal ends them with one more, and without an error. */
async function* trainUntilDone(parts: TrainingParts, observer: RunObserver): AsyncGenerator<EpochReport, void, void> {
  const { progress, weights, settings, now = () => performance.now() } = parts;
  const { epochs, signal } = settings;
  const checkpoints = new CheckpointSchedule(settings.checkpointEvery, now);
  const write = async () => {
    await parts.writeCheckpoint();
    checkpoints.written();
  };
  try {
    const { epoch: first, steps } = progress.current;
    const before = (first - 1) * stepsPerEpoch(parts.dataset, settings);
    await observer.begin?.({ epoch: first, epochs, steps: before + steps });
    while (!progress.end()) {
      const started = now();
      const { epoch } = progress.current;
      const isDue = (steps: number) => checkpoints.isDue(steps);
      const trained = await train({ ...parts, now }, observer, { isDue, write });
      weights.swap();
      try {
        const validation = await parts.validate(epoch);
        const best = progress.finish(validation);
        if (best) {
          await weights.keepBest();
          parts.onBest({ epoch, validation });
        }
        const { training, learningRate, imagesPerSecond } = trained;
        const bestEpoch = progress.best!.epoch;
        const seconds = (now() - started) / 1000;
        const end = progress.end();
        const scores = { epoch, epochs, training, validation, best, bestEpoch };
        const report = { ...scores, learningRate, seconds, imagesPerSecond, ...(end && { end }) };
        await observer.epoch?.(report);
        yield report;
      } finally {
        weights.swap();
      }
      await write();
    }
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    await write();
  }
}

interface TrainedEpoch {
  readonly training: Losses;
  /** The learning rate of the last step. */
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}

/** A step that was taken, and is told of when its losses have come. */
interface PendingStep extends TakenStep {
  /** The norm of its gradients, where an observer is told of it. */
  readonly norm: Promise<number> | undefined;
  readonly seconds: number;
}

/**
 * The training part of the current epoch. While a step is computed, the one before is pending: the backend has got the next
 * work before anybody waits for what came of the last. No step is pending when a checkpoint is written, or when this ends.
 */
async function train(
  { progress, step, weights, dataset, settings, now }: Required<TrainingParts>,
  observer: RunObserver,
  checkpoint: { readonly isDue: (steps: number) => boolean; readonly write: () => Promise<void> },
): Promise<TrainedEpoch> {
  const started = now();
  const { current, factor } = progress;
  const { epoch } = current;
  const steps = stepsPerEpoch(dataset, settings);
  const rateOf = (k: number) => learningRateAt((epoch - 1) * steps + k, steps, settings.rate, factor);
  let pending: PendingStep | undefined;
  const settle = async (): Promise<void> => {
    if (!pending) return;
    const { norm, seconds, ...taken } = pending;
    pending = undefined;
    const { state, losses } = await outcomeOf(taken, progress.current, step, settings);
    progress.advance(state);
    await observer.step?.({
      step: (epoch - 1) * steps + taken.number,
      epoch,
      loss: losses.total,
      heads: losses.heads,
      learningRate: taken.learningRate,
      gradientNorm: (await norm)!,
      seconds,
    });
  };
  let begun = started;
  try {
    for await (const taken of trainEpoch(step, dataset, current, rateOf, settings)) {
      weights.stepped();
      const norm = observer.step && awaitedLater(step.gradientNorm());
      await settle();
      pending = { ...taken, norm, seconds: (now() - begun) / 1000 };
      if (checkpoint.isDue(taken.number)) {
        await settle();
        await checkpoint.write();
      }
      begun = now();
    }
  } finally {
    // Also where the step after it has failed. What is wrong with the earlier one is then the error.
    await settle();
  }
  const { images } = progress.current;
  return {
    training: meanLosses(progress.current),
    learningRate: rateOf(steps - 1),
    imagesPerSecond: (1000 * (images - current.images)) / (now() - started),
  };
}
