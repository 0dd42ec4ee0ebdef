/** The reports of a training run to its observers: values, no text. */
import type { EpochReport } from './report.js';

/** The point at which a run begins or resumes. */
export interface RunStart {
  /** The number of the epoch that comes next, counted from 1. */
  readonly epoch: number;
  /** How many epochs the training has at most. */
  readonly epochs: number;
  /** How many steps the optimizer has taken before. */
  readonly steps: number;
}

/** A step of the optimizer. */
export interface StepReport {
  /** The number of the step, counted from 1 over the whole run. */
  readonly step: number;
  /** The number of its epoch, counted from 1. */
  readonly epoch: number;
  /** The mean loss of the mini-batch, before the step. */
  readonly loss: number;
  /** The mean loss of each head, shallowest first. */
  readonly heads: readonly number[];
  readonly learningRate: number;
  /** The norm of all gradients together, before it is clipped. */
  readonly gradientNorm: number;
  /** The seconds from the step before to this one, loading and augmenting included, checkpoints left out. */
  readonly seconds: number;
}

/**
 * Watches a training run. Each method is called in its turn, and the run waits for it; what one of them throws ends the
 * run. The norm of the gradients is computed only where an observer has `step`.
 */
export interface RunObserver {
  /** Is called before the first step. */
  begin?(start: RunStart): void | Promise<void>;
  /**
   * Is called after each step of the optimizer, when its losses have come, and before a checkpoint holds it. The next step
   * may be under way.
   */
  step?(report: StepReport): void | Promise<void>;
  /** Is called after each epoch, while the model has the weights that were validated. */
  epoch?(report: EpochReport): void | Promise<void>;
  /** Is called when a file of the run is written: `name` is its name in the run's folder. */
  artifact?(name: string): void | Promise<void>;
  /**
   * Is called when the run is over, however it has ended; the model then has the weights of the best epoch, unless the device
   * is lost that they were on.
   * @param failure what was thrown, where an error ended it; a signal or a `break` is none
   */
  end?(failure?: unknown): void | Promise<void>;
}

/** Makes one observer of several, which are called in turn. It has `step` where one of them has. */
export function allOf(observers: readonly RunObserver[]): RunObserver {
  const tell = async (call: (observer: RunObserver) => void | Promise<void>): Promise<void> => {
    for (const observer of observers) await call(observer);
  };
  return {
    begin: (start) => tell((observer) => observer.begin?.(start)),
    ...(observers.some(({ step }) => step) && { step: (report) => tell((observer) => observer.step?.(report)) }),
    epoch: (report) => tell((observer) => observer.epoch?.(report)),
    artifact: (name) => tell((observer) => observer.artifact?.(name)),
    end: (failure) => tell((observer) => observer.end?.(failure)),
  };
}
