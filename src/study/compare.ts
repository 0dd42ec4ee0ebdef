/** The comparison of runs: mean and standard deviation over runs, and a paired test over images or patients. */
import { mean } from '../base/statistics.js';
import { holm } from './holm.js';
import type { ScoredRun } from './runs.js';
import { signedRankTest } from './wilcoxon.js';

/** The mean of some runs, and how much they differ. */
export interface Dispersion {
  readonly mean: number;
  /** The standard deviation of a sample (n - 1); null for a single value. */
  readonly deviation: number | null;
}

/** Computes mean and deviation. @param values at least one */
export function dispersionOf(values: readonly number[]): Dispersion {
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return { mean: average, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null };
}

export interface PairedComparison {
  /** How many units are paired: patients where they are known, else images. */
  readonly units: number;
  /** The mean over the units of the first's Dice less the second's. */
  readonly difference: number;
  /** The p-value of `signedRankTest`. */
  readonly p: number;
}

/**
 * Compares the Dice of two arms on the runs that both have done: same fold, same seed, so same images. A unit's score is
 * the mean over its images and the seeds. Undefined where they have no run in common.
 */
export function comparePaired(a: readonly ScoredRun[], b: readonly ScoredRun[]): PairedComparison | undefined {
  const [inA, inB] = [a, b].map((runs) => new Set(runs.map(keyOf)));
  const unitsOfA = diceByUnit(a.filter((run) => inB!.has(keyOf(run))));
  const unitsOfB = diceByUnit(b.filter((run) => inA!.has(keyOf(run))));
  if (unitsOfA.size === 0) return undefined;
  const differences = [...unitsOfA].map(([unit, dice]) => mean(dice) - mean(unitsOfB.get(unit)!));
  return { units: differences.length, difference: mean(differences), p: signedRankTest(differences).p };
}

function keyOf({ fold, seed }: ScoredRun): string {
  return `${fold} ${seed}`;
}

function diceByUnit(runs: readonly ScoredRun[]): Map<string, number[]> {
  const units = new Map<string, number[]>();
  for (const { image, patient, dice } of runs.flatMap(({ images }) => images)) {
    const unit = patient === undefined ? `image ${image}` : `patient ${patient}`;
    units.set(unit, [...(units.get(unit) ?? []), dice]);
  }
  return units;
}

/** Comparisons as the cells of a table's rows, p adjusted for how many there are. */
export interface ComparisonCells {
  /** The mean difference of Dice, see `comparePaired`. */
  readonly difference: number | null;
  readonly p: number | null;
  /** The p-value adjusted for all tests of the table, see `holm`. */
  readonly pHolm: number | null;
  /** How many images, or patients, were paired. */
  readonly units: number | null;
}

/** Returns the cells of each comparison; they are null where there is none. */
export function comparisonCells(comparisons: readonly (PairedComparison | undefined)[]): ComparisonCells[] {
  const adjusted = holm(comparisons.flatMap((comparison) => (comparison ? [comparison.p] : [])));
  return comparisons.map((comparison) => {
    if (!comparison) return { difference: null, p: null, pHolm: null, units: null };
    const { difference, p, units } = comparison;
    return { difference, p, pHolm: adjusted.shift()!, units };
  });
}
