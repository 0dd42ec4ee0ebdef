/** The protocol of a study: its options, and the images of each fold. A study continues with its own protocol only. */

import type { Outputs } from '#platform/files/outputs.js';
import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import type { Dataset } from '../../data/dataset.js';
import type { Split } from '../../data/split/split.js';
import type { LockWaitOptions } from '../../platform/lock.js';
import type { FolderOptions } from '../../platform/outputs.js';
import { StudyFolder } from '../../runs/study-folder.js';
import { STUDY_TABLES } from '../kinds.js';
import { studyTable } from '../options/study-options.js';
import { compareOptions } from '../runs/resume.js';
import { toStore, withCurrentNames } from '../runs/run-config.js';
import type { StudyPlan } from './study-plan.js';

type Protocol = Readonly<Record<string, unknown>> & { readonly splits: readonly Split[] };

/**
 * Begins a study in the folder `path`, or continues the one that it holds.
 * @throws InputError where it is in use, holds something else, or a study with another protocol, whose option it names
 */
export async function openStudy(
  path: string,
  plan: StudyPlan,
  outputs: Outputs,
  options: FolderOptions & LockWaitOptions,
): Promise<StudyFolder> {
  const folder = await StudyFolder.open(path, outputs, options);
  try {
    const protocol = protocolOf(plan);
    const stored = await folder.readProtocol();
    if (stored !== undefined) requireSameProtocol(protocol, stored as Protocol, path, plan.dataset);
    await folder.begin(protocol, plan.options.compare, STUDY_TABLES, outputs);
    return folder;
  } catch (error) {
    await folder.close();
    throw error;
  }
}

function protocolOf({ options, splits }: StudyPlan): Protocol {
  return { ...toStore(studyTable, options), splits };
}

/** @throws InputError that names the first option that differs, or says that the images do */
function requireSameProtocol(now: Protocol, then: Protocol, path: string, { source }: Dataset): void {
  const { splits, ...options } = now;
  const { splits: before, ...others } = then;
  const stored = withCurrentNames(others);
  const leftOut = Object.keys(stored).map((name) => [name, null]);
  const advice = 'repeat its options, or give another folder with --out';
  compareOptions(stored, { ...Object.fromEntries(leftOut), ...options }, studyTable, `the study in ${path}`, advice);
  if (deepEqual(splits, before)) return;
  throw new InputError(
    `${source}: its images are not those that the study in ${path} was started on (${count(splits)} now, ${count(before)} then); restore them, or give another folder with --out`,
  );
}

function count(splits: readonly Split[]): number {
  const { train, validation, test } = splits[0]!;
  return train.length + validation.length + test.length;
}
