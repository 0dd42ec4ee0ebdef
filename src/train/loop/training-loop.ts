/**
 * The loop of a training: epochs of steps, a validation after each, checkpoints, the best weights kept. It knows no
 * network and no backend, only the parts that it is given, so that its tests script what these do.
 */
import type { Evaluation } from '../../evaluate/evaluate.js';
import { CheckpointSchedule } from '../checkpoint/checkpoint-schedule.js';
import { allOf, type RunObserver } from '../observer.js';
import { learningRateAt } from '../optimizer/schedule.js';
import type { TrainSettings } from '../options.js';
import type { EpochReport } from '../report.js';
import type { Losses } from '../step/losses.js';
import type { Step } from '../step/step.js';
import { stepsPerEpoch, type TrainingImages, trainEpoch } from './epoch.js';
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
    yield* trainUntilDone(parts, observer);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    parts.weights.restoreBest();
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
      const trained = await train({ ...parts, now }, observer, async (done) => {
        if (checkpoints.isDue(done)) await write();
      });
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

/** The training part of the current epoch. @param afterStep is called with the number of the epoch's steps so far */
async function train(
  { progress, step, weights, dataset, settings, now }: Required<TrainingParts>,
  observer: RunObserver,
  afterStep: (done: number) => Promise<void>,
): Promise<TrainedEpoch> {
  const started = now();
  const { current, factor } = progress;
  const { epoch } = current;
  const steps = stepsPerEpoch(dataset, settings);
  let begun = started;
  for await (const { state, losses, learningRate } of trainEpoch(step, dataset, current, factor, settings)) {
    progress.advance(state);
    weights.stepped();
    if (observer.step) {
      await observer.step({
        step: (epoch - 1) * steps + state.steps,
        epoch,
        loss: losses.total,
        heads: losses.heads,
        learningRate,
        gradientNorm: await step.gradientNorm(),
        seconds: (now() - begun) / 1000,
      });
    }
    await afterStep(state.steps);
    begun = now();
  }
  const { images } = progress.current;
  return {
    training: meanLosses(progress.current),
    learningRate: learningRateAt(epoch * steps - 1, steps, settings.rate, factor),
    imagesPerSecond: (1000 * (images - current.images)) / (now() - started),
  };
}
