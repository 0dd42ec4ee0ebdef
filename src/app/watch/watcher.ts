/** What follows a training beside the files of its run. */
import type { RunStart, StepReport } from '../../train/observer.js';
import type { EpochReport } from '../../train/report.js';
import type { Progress } from '../observer.js';
import type { TrainingJob } from '../training/job.js';

/** A training that is watched. */
export interface WatchedRun {
  readonly job: TrainingJob;
  /** The folder of the run. */
  readonly path: string;
  /** The names of the heads, shallowest first. */
  readonly heads: readonly string[];
  /** The steps of the optimizer in an epoch. */
  readonly stepsPerEpoch: number;
  readonly env: Environment;
  /** Tells a line to whoever started the training. */
  say(line: string): void;
}

/** The variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Some validation images as the model segments them, as a PNG. */
export interface Picture {
  readonly epoch: number;
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

/** How a call that trains ended. */
export type Ending = 'done' | 'interrupted' | 'failed';

/** Follows a training, see `RunObserver`. What a method throws ends this watcher, and not the training. */
export interface Watcher {
  /** Is called before the first step, and again where the training goes on from a checkpoint with another device. */
  begin(start: RunStart): void | Promise<void>;
  step(report: StepReport): void | Promise<void>;
  epoch(report: EpochReport): void | Promise<void>;
  picture?(picture: Picture, report: EpochReport): void | Promise<void>;
  progress?(progress: Progress): void;
  /** Is called last, while the folder of the run is still locked. */
  finish?(ending: Ending): void | Promise<void>;
  /** Lets go of what is open, whatever has happened. */
  close?(): void | Promise<void>;
}
