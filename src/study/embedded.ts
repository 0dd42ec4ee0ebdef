/**
 * Embedded against isolated training (Zhou et al., 2020): a level of the network that was trained whole and pruned,
 * against the network of that level trained alone. A row a level.
 */
import { mean } from '../base/statistics.js';
import { isolatedName, WHOLE } from './arms.js';
import { type ComparisonCells, comparePaired, comparisonCells, dispersionOf } from './compare.js';
import { headScores, type RunResult, type ScoredRun } from './runs.js';

/**
 * A level, embedded and isolated; the difference is embedded less isolated. Values are null where there is nothing to
 * compare, or a single run has no deviation: the deepest level is the whole network, and what is trained alone may not
 * be done yet.
 */
export interface EmbeddedRow extends ComparisonCells {
  /** The name of the level: `L1`, `L2`, … */
  readonly level: string;
  /** The parameters of the pruned network, however it was trained. */
  readonly parameters: number;
  readonly macs: number;
  /** How many embedded runs are done, and below how many isolated ones. */
  readonly embeddedRuns: number;
  readonly isolatedRuns: number;
  /** The mean over runs of the mean over images, and below the standard deviation over runs. */
  readonly embeddedDice: number;
  readonly embeddedDeviation: number | null;
  readonly isolatedDice: number | null;
  readonly isolatedDeviation: number | null;
  /** The mean time of a training in seconds; embedded, that of the whole network, which gives all levels. */
  readonly embeddedSeconds: number;
  readonly isolatedSeconds: number | null;
}

/** Makes the rows. @param results in any order; there are no rows before a whole network is done */
export function embeddedRows(results: readonly RunResult[]): EmbeddedRow[] {
  const whole = results.filter(({ arm }) => arm === WHOLE);
  const levels = (whole[0]?.outputs ?? []).map(({ output }) => output).filter((output) => output !== 'accurate');
  const pairs = levels.map((level, k) => {
    const alone = results.filter(({ arm }) => arm === isolatedName(k + 1));
    const scores = (runs: readonly RunResult[]) => runs.map((run) => headScores(run, level));
    return { level, alone, embedded: scores(whole), isolated: scores(alone) };
  });
  const tests = comparisonCells(pairs.map(({ embedded, isolated }) => comparePaired(embedded, isolated)));
  return pairs.map(({ level, alone, embedded, isolated }, k) => {
    const [all, single] = [spreadOfDice(embedded), isolated.length > 0 ? spreadOfDice(isolated) : null];
    return {
      level,
      parameters: embedded[0]!.parameters,
      macs: embedded[0]!.macs,
      embeddedRuns: embedded.length,
      isolatedRuns: isolated.length,
      embeddedDice: all.mean,
      embeddedDeviation: all.deviation,
      isolatedDice: single?.mean ?? null,
      isolatedDeviation: single?.deviation ?? null,
      ...tests[k]!,
      embeddedSeconds: meanSeconds(whole),
      isolatedSeconds: alone.length > 0 ? meanSeconds(alone) : null,
    };
  });
}

function spreadOfDice(runs: readonly ScoredRun[]) {
  return dispersionOf(runs.map(({ dice }) => dice));
}

function meanSeconds(runs: readonly RunResult[]): number {
  return mean(runs.map(({ seconds }) => seconds));
}
