/**
 * The loop of a training: epochs of steps, a validation after each, checkpoints, the best weights kept. It knows no
 * network and no backend, only the parts that it is given, so that its tests script what these do.
 */
import type { Evaluation } from '../evaluate/evaluate.js';
import { CheckpointSchedule } from './checkpoint-schedule.js';
import { stepsPerEpoch, type TrainingImages, trainEpoch } from './epoch.js';
import { meanLosses } from './epoch-state.js';
import type { TrainSettings } from './options.js';
import type { TrainingProgress, ValidatedEpoch } from './progress.js';
import type { EpochReport } from './report.js';
import { learningRateAt } from './schedule.js';
import type { Losses, Step } from './step.js';
import type { Weights } from './weights.js';

/** What a training is made of. */
export interface TrainingParts {
  readonly progress: TrainingProgress;
  readonly step: Step;
  readonly weights: Weights;
  readonly dataset: TrainingImages;
  readonly settings: TrainSettings;
  /** Validates after an epoch, while what is to be validated stands in the place of the weights. */
  readonly validate: (epoch: number) => Promise<Evaluation>;
  /** Is told which epoch is the best from now on, while its weights are those of the model. */
  readonly onBest: (best: ValidatedEpoch) => void;
  /** Writes down all that is needed to go on. */
  readonly writeCheckpoint: () => Promise<void>;
  /** The time in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Trains until the progress is at its end or the signal ends it, and reports each epoch. However it ends, the weights are
 * then those of the best epoch; while a report is looked at, they are those that were validated.
 */
export async function* trainEpochs(parts: TrainingParts): AsyncGenerator<EpochReport, void, void> {
  const { progress, weights, settings, now = () => performance.now() } = parts;
  const { epochs, signal } = settings;
  const checkpoints = new CheckpointSchedule(settings.checkpointEvery, now);
  const write = async () => {
    await parts.writeCheckpoint();
    checkpoints.written();
  };
  try {
    while (!progress.end()) {
      const started = now();
      const { epoch } = progress.current;
      const trained = await train(parts, (steps) => (checkpoints.isDue(steps) ? write() : undefined), now);
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
        const report = { epoch, epochs, training, validation, best, bestEpoch, learningRate, seconds, imagesPerSecond };
        yield { ...report, ...(end && { end }) };
      } finally {
        weights.swap();
      }
      await write();
    }
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    await write();
  } finally {
    weights.restoreBest();
  }
}

interface TrainedEpoch {
  readonly training: Losses;
  /** The learning rate of the last step. */
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}

/** The training part of the current epoch. @param stepped is told after each step how many of the epoch are done */
async function train(
  { progress, step, weights, dataset, settings }: TrainingParts,
  stepped: (steps: number) => Promise<void> | undefined,
  now: () => number,
): Promise<TrainedEpoch> {
  const started = now();
  const { current, factor } = progress;
  for await (const state of trainEpoch(step, dataset, current, factor, settings)) {
    progress.advance(state);
    weights.stepped();
    await stepped(state.steps);
  }
  const { epoch, images } = progress.current;
  const steps = stepsPerEpoch(dataset, settings);
  return {
    training: meanLosses(progress.current),
    learningRate: learningRateAt(epoch * steps - 1, steps, settings.rate, factor),
    imagesPerSecond: (1000 * (images - current.images)) / (now() - started),
  };
}
