/** `--split` and `--split-by`: how a command draws its split, and what it says of it. */
import { Option } from 'commander';
import { InputError } from '../../base/errors.js';
import type { Dataset } from '../../data/dataset.js';
import { type PhantomSlices, phantomSlices } from '../../data/phantom/phantom.js';
import { type SplitPlan, type SplitUnit, splitCounts, splitUnits } from '../../data/split/plan.js';
import { subsets } from '../../data/split/split.js';
import { grouped } from '../tables/format.js';

export interface SplitOptions {
  readonly split?: string;
  readonly splitBy?: SplitUnit;
}

export function splitOption(): Option {
  const example = '2800,200,64, or 80%,10%,10% of all';
  return new Option('--split <sizes>', `images for training, validation and test: ${example} (default: 80%,20%,0%)`);
}

export function splitByOption(): Option {
  const description = 'what --split keeps in one subset (default: patient where known)';
  return new Option('--split-by <unit>', description).choices(splitUnits);
}

/** @throws InputError for sizes that cannot be read, before any data are */
export function planOf({ split: sizes, splitBy: by }: SplitOptions): SplitPlan | undefined {
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
  throw new InputError(`--split ${plan.sizes}: ${folder} has a split.json, which is taken; leave --split out`);
}

/** How many slices a plan draws of the phantom, of which there are as many as asked for. */
export function phantomCounts({ sizes, by }: SplitPlan): PhantomSlices {
  if (by === 'patient') throw new InputError('--split-by patient: the phantom has no patients; leave it out');
  const { train, validation, test } = phantomSlices;
  return splitCounts(sizes, train + validation + test);
}

/** `80%,10%,10% by patient: 2,452, 306 and 306 images of 180, 25 and 28 patients`; undefined where none was asked for. */
export function splitText({ drawn, split, records }: Dataset): string | undefined {
  if (!drawn) return undefined;
  const patients = subsets.map((subset) => new Set(split[subset].map((name) => records.get(name)?.patient ?? name)));
  const text = `${drawn.sizes} by ${drawn.by}: ${listed(subsets.map((subset) => split[subset].length))} images`;
  const counts = patients.map(({ size }) => size);
  if (drawn.by === 'patient') return `${text} of ${listed(counts)} patients`;
  const together = new Set(patients.flatMap((names) => [...names])).size;
  const divided = counts.reduce((sum, count) => sum + count) > together;
  return divided ? `${text}, some patients in several of these` : text;
}

function listed(counts: readonly number[]): string {
  return `${counts.slice(0, -1).map(grouped).join(', ')} and ${grouped(counts.at(-1)!)}`;
}
