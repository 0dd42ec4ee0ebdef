/** The plan of a study, checked before anything is written: its arms, its splits and its runs. */
import { InputError } from '../../base/errors.js';
import type { Dataset } from '../../data/dataset.js';
import { drawFolds, splitOfFold } from '../../data/split/folds.js';
import type { Split, Subset } from '../../data/split/split.js';
import { networkCost } from '../../model/summary.js';
import { type Arm, embeddedArms, familyArm, familyNames } from '../../study/arms.js';
import { planRuns, type Run } from '../../study/runs.js';
import { type Computed, computedBy, type Settled } from '../backend.js';
import type { StudyOptions } from '../options/study-options.js';
import { type PlannedTraining, planTraining } from '../training/job.js';

export interface StudyPlan {
  readonly options: Settled<StudyOptions>;
  readonly dataset: Dataset;
  readonly arms: readonly Arm[];
  /** The split of each fold. */
  readonly splits: readonly Split[];
  readonly runs: readonly Run[];
  /** The subset whose images are scored. */
  readonly subset: Subset;
  /** The cost of a run of each arm, by the arm's name, relative to the others. */
  readonly costs: ReadonlyMap<string, number>;
  /** What computes. */
  readonly by: Computed;
}

/**
 * Plans a study.
 * @throws InputError for options of any arm that do not fit each other, the data set or the memory, or for a missing GPU
 */
export async function planStudy(options: Settled<StudyOptions>, dataset: Dataset): Promise<StudyPlan> {
  const arms = armsOf(options);
  const splits = splitsOf(options, dataset);
  const runs = planRuns(arms, splits.length, options.seeds);
  const subset = splits[0]!.test.length > 0 ? 'test' : 'validation';
  const { size } = dataset.sampler;
  const costs = new Map<string, number>();
  const plan = { options, dataset, arms, splits, runs, subset, costs } as const;
  let by = computedBy(options.backend, {});
  for (const [k, arm] of arms.entries()) {
    try {
      const { config, backend } = await planRun(plan, { arm, fold: 1, seed: options.seeds[0]! });
      backend.close();
      by = computedBy(options.backend, backend);
      costs.set(arm.name, networkCost(config, 'accurate', { width: size, height: size }).macs);
    } catch (error) {
      // What is wrong with the first is wrong with all.
      if (k > 0 && error instanceof InputError) error.message = `arm ${arm.name}: ${error.message}`;
      throw error;
    }
  }
  return { ...plan, by };
}

/** The training of one run; whoever plans it closes its backend. */
export function planRun(
  { options, dataset, splits }: Omit<StudyPlan, 'by'>,
  { arm, fold, seed }: Run,
): Promise<PlannedTraining> {
  return planTraining({ ...options, ...arm.build(options.filters), seed }, { ...dataset, split: splits[fold - 1]! });
}

function armsOf({ compare, arms, filters }: StudyOptions): Arm[] {
  if (compare === 'family') return (arms ?? familyNames).map(familyArm);
  if (arms) throw new InputError(`--arms ${arms}: --compare embedded has arms of its own; leave --arms out`);
  if (filters.length > 2) return embeddedArms(filters);
  throw new InputError(`--compare embedded: --filters ${filters} has no level to prune to; give at least 3 widths`);
}

/** All images of the data set take part in cross-validation, those too that its split.json keeps for testing. */
function splitsOf({ folds, seed }: StudyOptions, { split, source, records }: Dataset): Split[] {
  if (folds === 1) return [split];
  const names = [...split.train, ...split.validation, ...split.test];
  const drawn = drawFolds(names, folds, seed, source, (name) => records.get(name));
  return drawn.map((_, k) => splitOfFold(drawn, k));
}
