/** The options of a study as a command gives them: those of its trainings, and which of them there are. */
import type { TrainCommandOptions } from './train-options.js';

export const comparisons = ['family', 'embedded'] as const;
export type Comparison = (typeof comparisons)[number];

export interface StudyOptions extends TrainCommandOptions {
  readonly compare: Comparison;
  /** Absent: all. */
  readonly arms?: readonly string[];
  readonly folds: number;
  readonly seeds: readonly number[];
}
