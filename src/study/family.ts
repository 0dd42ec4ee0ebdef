/** The family under one protocol, as Zhou et al., 2020, compare it: a row an arm, each tested against U-Net. */
import { mean } from '../base/statistics.js';
import { type Arm, BASELINE } from './arms.js';
import { type ComparisonCells, comparePaired, comparisonCells, dispersionOf } from './compare.js';
import { mainScores, type RunResult } from './runs.js';

/** Scores are of the mean of the heads where there are several; null where there is nothing to compare or to spread. */
export interface FamilyRow extends ComparisonCells {
  readonly arm: string;
  readonly network: string;
  readonly parameters: number;
  readonly macs: number;
  /** That are done. */
  readonly runs: number;
  /** Mean over runs of the mean over images, and the standard deviation over runs. */
  readonly dice: number;
  readonly diceDeviation: number | null;
  readonly iou: number;
  readonly iouDeviation: number | null;
  /** Of a run, the mean. */
  readonly seconds: number;
}

/** @param results of the arms, in any order; an arm without any has no row */
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
