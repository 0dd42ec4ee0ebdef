/** The plan of a data set's split, from `--split` and `--split-by`. */
import { InputError } from '../../base/errors.js';
import { type PhantomSlices, phantomSlices } from '../../data/phantom/phantom.js';
import { type SplitPlan, type SplitUnit, splitCounts } from '../../data/split/plan.js';

export interface SplitOptions {
  readonly splitSizes?: string;
  readonly splitBy?: SplitUnit;
}

/** Returns the plan, where one is given. @throws InputError for sizes that cannot be read, before any data is read */
export function planOf({ splitSizes: sizes, splitBy: by }: SplitOptions): SplitPlan | undefined {
  if (sizes === undefined) {
    if (by === undefined) return undefined;
    throw new InputError(`--split-by ${by} says how --split draws; give --split too, or leave it out`);
  }
  splitCounts(sizes, 0);
  return { sizes, ...(by && { by }) };
}

/** Refuses a plan for a folder that has a split.json. @throws InputError that names both */
export function refuseSecondSplit(plan: SplitPlan | undefined, folder: string, splitFile: boolean): void {
  if (!plan || !splitFile) return;
  throw new InputError(`--split ${plan.sizes}: ${folder} has a split.json, which takes precedence; leave --split out`);
}

/** Returns how many slices of the phantom a plan draws; there is no limit to them. */
export function phantomCounts({ sizes, by }: SplitPlan): PhantomSlices {
  if (by === 'patient') throw new InputError('--split-by patient: the phantom has no patients; leave it out');
  const { train, validation, test } = phantomSlices;
  return splitCounts(sizes, train + validation + test);
}
