/** `--split` and `--split-by` as a plan of the data set's split. */
import { InputError } from '../../base/errors.js';
import { type PhantomSlices, phantomSlices } from '../../data/phantom/phantom.js';
import { type SplitPlan, type SplitUnit, splitCounts } from '../../data/split/plan.js';

export interface SplitOptions {
  readonly splitSizes?: string;
  readonly splitBy?: SplitUnit;
}

/** @throws InputError for sizes that cannot be read, before any data are */
export function planOf({ splitSizes: sizes, splitBy: by }: SplitOptions): SplitPlan | undefined {
  if (sizes === undefined) {
    if (by === undefined) return undefined;
    throw new InputError(`--split-by ${by} says how --split draws; give --split too, or leave it out`);
  }
  splitCounts(sizes, 0);
  return { sizes, ...(by && { by }) };
}

/** @throws InputError where a folder has a split of its own */
export function refuseSecondSplit(plan: SplitPlan | undefined, folder: string, splitFile: boolean): void {
  if (!plan || !splitFile) return;
  throw new InputError(`--split ${plan.sizes}: ${folder} has a split.json, which takes precedence; leave --split out`);
}

/** How many slices a plan draws of the phantom, of which there are as many as asked for. */
export function phantomCounts({ sizes, by }: SplitPlan): PhantomSlices {
  if (by === 'patient') throw new InputError('--split-by patient: the phantom has no patients; leave it out');
  const { train, validation, test } = phantomSlices;
  return splitCounts(sizes, train + validation + test);
}
