/** The single trainings of a study, and what each of them gives. */
import type { ModelConfig } from '../network/config.js';
import type { Arm } from './arms.js';

/** One training: what distinguishes it from the others of its study. */
export interface Run {
  readonly arm: Arm;
  /** From 1. */
  readonly fold: number;
  /** Of the initial values, the order of the images and their augmentation. */
  readonly seed: number;
}

/** All arms on a fold before the next fold, so that a study that is not done yet compares what can be compared. */
export function planRuns(arms: readonly Arm[], folds: number, seeds: readonly number[]): Run[] {
  const numbers = Array.from({ length: folds }, (_, k) => k + 1);
  return seeds.flatMap((seed) => numbers.flatMap((fold) => arms.map((arm) => ({ arm, fold, seed }))));
}

/** Of the run's folder, and of the run in errors: `unetpp-ds-fold2-seed1`. */
export function runName({ arm, fold, seed }: Run): string {
  return `${arm.name}-fold${fold}-seed${seed}`;
}

/** What came of a run, as JSON. */
export interface RunResult {
  readonly arm: string;
  readonly fold: number;
  readonly seed: number;
  readonly config: ModelConfig;
  /** That were trained. */
  readonly epochs: number;
  /** Whose weights are scored. */
  readonly bestEpoch: number;
  /** Of training and validation; where the run was resumed within an epoch, less the part before. */
  readonly seconds: number;
  readonly weightsSha256: string;
  /** Of each head, shallowest first, and last, where there are several, of their mean, 'accurate'. */
  readonly outputs: readonly OutputScores[];
}

export interface OutputScores {
  /** `L1`, `L2`, … or 'accurate'. */
  readonly output: string;
  /** Of the network pruned to it. */
  readonly parameters: number;
  /** Multiply-adds for an image. */
  readonly macs: number;
  /** Means over the images. */
  readonly dice: number;
  readonly iou: number;
  readonly images: readonly ImageScore[];
}

export interface ImageScore {
  readonly image: string;
  /** Where it is known. */
  readonly patient?: string;
  readonly dice: number;
  readonly iou: number;
}

/** The scores of one output of a run. */
export interface ScoredRun extends OutputScores {
  readonly fold: number;
  readonly seed: number;
}

/** What stands for the arm: the mean of its heads, or its only head. */
export function mainScores({ fold, seed, outputs }: RunResult): ScoredRun {
  return { fold, seed, ...outputs.at(-1)! };
}

/** Of head `level`, which the run has. */
export function headScores({ fold, seed, outputs }: RunResult, level: string): ScoredRun {
  return { fold, seed, ...outputs.find(({ output }) => output === level)! };
}
