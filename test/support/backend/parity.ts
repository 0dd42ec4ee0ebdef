/** Whether a backend computes a case as the float64 reference does, with nothing unwritten and nothing overwritten. */
import type { Backend, Values } from '../../../src/backend/backend.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { identical, mismatch } from '../compare.js';
import { type Case, type Recorded, recordCase } from './case.js';
import { compileCase, execute, executeGuarded } from './execute.js';
import { poison } from './poison.js';

/** A case, recorded, with what its outputs must be. */
export interface Expectation extends Recorded {
  readonly expected: readonly Values[];
  readonly tolerance: number;
}

export async function expectation(c: Case): Promise<Expectation> {
  const recorded = recordCase(c);
  const program = compileCase(new ReferenceBackend('float64'), recorded);
  return { ...recorded, expected: await execute(program, recorded), tolerance: c.tolerance };
}

/** What `backend` does wrong; empty where all is well. */
export async function parityFaults(backend: Backend, expectation: Expectation): Promise<string[]> {
  const { outputs, expected, tolerance } = expectation;
  const faults: string[] = [];
  const program = compileCase(backend, expectation);
  poison(program);
  const first = await execute(program, expectation);
  outputs.forEach(({ name }, k) => {
    const fault = mismatch(first[k]!, expected[k]!, tolerance);
    if (fault) faults.push(`${name}: ${fault}`);
  });

  /** Every way to run the program must give the same bits. */
  const compareBits = (way: string, values: readonly Values[]): void => {
    outputs.forEach(({ name }, k) => {
      if (!identical(values[k]!, first[k]!)) faults.push(`${name}: other bits ${way}`);
    });
  };
  compareBits('in a second run', await execute(program, expectation));
  for (const [word, guardWord] of Object.entries(guardWords)) {
    const { values, touched } = await executeGuarded(backend, expectation, guardWord, poison);
    compareBits(`between guard words (${word})`, values);
    if (touched.length > 0)
      faults.push(`${touched.length} guard words (${word}) overwritten, the first at ${touched[0]}`);
  }
  return faults;
}

/** NaN shows reads that matter; numbers, no two alike nearby, show writes of copies and of NaN. */
const guardWords = {
  NaN: () => NaN,
  numbers: (offset: number) => -1000 - (offset % 997),
};
