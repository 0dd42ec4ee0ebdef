/** The family under one protocol, as Zhou et al., 2020, compare it: a row an arm, each tested against U-Net. */
import { mean } from '../base/statistics.js';
import { type Arm, BASELINE } from './arms.js';
import { type ComparisonCells, comparePaired, comparisonCells, dispersionOf } from './compare.js';
import { mainScores, type RunResult } from './runs.js';

/** An arm. Scores are those of the mean of the heads where there are several; null where there is nothing to compare. */
export interface FamilyRow extends ComparisonCells {
  readonly arm: string;
  readonly network: string;
  readonly parameters: number;
  readonly macs: number;
  /** How many runs are done. */
  readonly runs: number;
  /** The mean over runs of the mean over images, and below the standard deviation over runs. */
  readonly dice: number;
  readonly diceDeviation: number | null;
  readonly iou: number;
  readonly iouDeviation: number | null;
  /** The mean time of a run in seconds. */
  readonly seconds: number;
}

/** Makes the rows. @param results of the arms, in any order; an arm without any has no row */
export function familyRows(arms: readonly Arm[], results: readonly RunResult[]): FamilyRow[] {
  const ofArm = (name: string) => results.filter(({ arm }) => arm === name);
  const begun = arms.filter(({ name }) => ofArm(name).length > 0);
  const baseline = ofArm(BASELINE).map(mainScores);
  const tests = comparisonCells(
    begun.map(({ name }) => (name === BASELINE ? undefined : comparePaired(ofArm(name).map(mainScores), baseline))),
  );
  return begun.map(({ name, title }, k) => {
    const done = ofArm(name);
    const scores = done.map(mainScores);
    const [dice, iou] = [scores.map((run) => run.dice), scores.map((run) => run.iou)].map(dispersionOf);
    const { parameters, macs } = scores[0]!;
    return {
      arm: name,
      network: title,
      parameters,
      macs,
      runs: done.length,
      dice: dice!.mean,
      diceDeviation: dice!.deviation,
      iou: iou!.mean,
      iouDeviation: iou!.deviation,
      ...tests[k]!,
      seconds: mean(done.map(({ seconds }) => seconds)),
    };
  });
}
