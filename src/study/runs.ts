/** The single trainings of a study, and their results. */
import type { ModelConfig } from '../network/config.js';
import type { Arm } from './arms.js';

/** One training: what distinguishes it from the others of its study. */
export interface Run {
  readonly arm: Arm;
  /** The number of the fold, counted from 1. */
  readonly fold: number;
  /** The seed of the initial values, the order of the images and their augmentation. */
  readonly seed: number;
}

/** Lists the runs, all arms on a fold before the next fold, so that an unfinished study can already compare arms. */
export function planRuns(arms: readonly Arm[], folds: number, seeds: readonly number[]): Run[] {
  const numbers = Array.from({ length: folds }, (_, k) => k + 1);
  return seeds.flatMap((seed) => numbers.flatMap((fold) => arms.map((arm) => ({ arm, fold, seed }))));
}

/** The name of a run's folder, and of the run in errors: `unetpp-ds-fold2-seed1`. */
export function runName({ arm, fold, seed }: Run): string {
  return `${arm.name}-fold${fold}-seed${seed}`;
}

/** The result of a run, as JSON. */
export interface RunResult {
  readonly arm: string;
  readonly fold: number;
  readonly seed: number;
  readonly config: ModelConfig;
  /** How many epochs were trained. */
  readonly epochs: number;
  /** The epoch whose weights are scored. */
  readonly bestEpoch: number;
  /** The time of training and validation; where the run was resumed within an epoch, without the part before. */
  readonly seconds: number;
  readonly weightsSha256: string;
  /** The scores of each head, shallowest first, and last, where there are several, of their mean, 'accurate'. */
  readonly outputs: readonly OutputScores[];
}

export interface OutputScores {
  /** The name of the output: `L1`, `L2`, … or 'accurate'. */
  readonly output: string;
  /** The parameters of the network pruned to it. */
  readonly parameters: number;
  /** The multiply-adds for an image. */
  readonly macs: number;
  /** The mean Dice over the images, and below the mean IoU. */
  readonly dice: number;
  readonly iou: number;
  readonly images: readonly ImageScore[];
}

export interface ImageScore {
  readonly image: string;
  /** The patient, where it is known. */
  readonly patient?: string;
  readonly dice: number;
  readonly iou: number;
}

/** The scores of one output of a run. */
export interface ScoredRun extends OutputScores {
  readonly fold: number;
  readonly seed: number;
}

/** Returns the scores that stand for the arm: those of the mean of its heads, or of its only head. */
export function mainScores({ fold, seed, outputs }: RunResult): ScoredRun {
  return { fold, seed, ...outputs.at(-1)! };
}

/** Returns the scores of head `level`, which the run has. */
export function headScores({ fold, seed, outputs }: RunResult, level: string): ScoredRun {
  return { fold, seed, ...outputs.find(({ output }) => output === level)! };
}
