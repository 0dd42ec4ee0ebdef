/** The self-test: the cases, one after the other, on a backend. */
import type { Backend } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import type { Case, Family } from './case.js';
import { cases } from './cases.js';
import { examine, expectation, type Fault } from './parity.js';

export interface SelfTestOptions {
  /** Only the cases that have this text in their family or label. Default: all. */
  readonly filter?: string;
  /** Is called after each case. */
  onProgress?(done: number, total: number): void;
}

/** What a case gave. */
export interface CaseResult {
  readonly family: Family;
  readonly label: string;
  /** The largest error of a float32 backend, relative to the largest element of a tensor. */
  readonly tolerance: number;
  /** The error found, in the same terms; null where there is no result. */
  readonly error: number | null;
  readonly faults: readonly Fault[];
}

/**
 * Compares a backend with the float64 reference, case by case. What fails is a fault of its case: the others are run all
 * the same, on a backend that is opened again where the first one has failed for good.
 * @param open makes the backend
 * @throws InputError for a filter that no case passes
 * @throws what `open` throws
 */
export async function runSelfTest(
  open: () => Promise<Backend>,
  { filter, onProgress }: SelfTestOptions = {},
): Promise<CaseResult[]> {
  const wanted = casesOf(filter);
  const results: CaseResult[] = [];
  let backend = await open();
  try {
    for (const c of wanted) {
      const { result, failed } = await resultOf(backend, c);
      results.push(result);
      onProgress?.(results.length, wanted.length);
      if (failed && !(await computes(backend))) {
        backend.close();
        backend = await open();
      }
    }
  } finally {
    backend.close();
  }
  return results;
}

function casesOf(filter = ''): readonly Case[] {
  const wanted = cases.filter(({ family, label }) => `${family}: ${label}`.includes(filter));
  if (wanted.length > 0) return wanted;
  const families = [...new Set(cases.map(({ family }) => family))];
  throw new InputError(`filter ${show(filter)}: no case has it; the families are ${families.join(', ')}`);
}

async function resultOf(backend: Backend, c: Case): Promise<{ result: CaseResult; failed: boolean }> {
  const { family, label, tolerance } = c;
  try {
    const examined = await examine(backend, await expectation(c));
    return { result: { family, label, tolerance, ...examined }, failed: false };
  } catch (error) {
    const fault = { op: null, text: error instanceof Error ? error.message : String(error) };
    return { result: { family, label, tolerance, error: null, faults: [fault] }, failed: true };
  }
}

/** Whether a backend still does what it is told, after something has failed. */
async function computes(backend: Backend): Promise<boolean> {
  try {
    const storage = backend.allocate(1);
    const values = storage.read();
    storage.free();
    return (await values).length === 1;
  } catch {
    return false;
  }
}
