/** Whether a backend computes a case as the float64 reference does, with nothing unwritten and nothing overwritten. */
import type { Backend, Program, Values } from '../backend/backend.js';
import { ReferenceBackend } from '../backend/reference.js';
import { Scope } from '../backend/scope.js';
import { type Case, type NamedTensor, type Recorded, recordCase } from './case.js';
import { identical, mismatch, relativeError } from './compare.js';
import { compileCase, execute, executeGuarded } from './execute.js';

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

/** Something that a backend does wrong. */
export interface Fault {
  /** The op that gives the output; null where it cannot be told. */
  readonly op: string | null;
  readonly text: string;
}

export interface Examined {
  /** The largest error of an output, relative to its scale. */
  readonly error: number;
  readonly faults: readonly Fault[];
}

export interface ExamineOptions {
  /** In the guarded runs tensors begin at multiples of this many elements. Default: the alignment of the backend. */
  readonly unit?: number;
  /** Is called with each program before its inputs are written. */
  prepare?(program: Program): void;
}

/** Runs a case in every way; each of them must give the same bits. */
export async function examine(
  backend: Backend,
  expectation: Expectation,
  { unit = backend.alignment, prepare }: ExamineOptions = {},
): Promise<Examined> {
  const scope = new Scope(backend);
  try {
    const { outputs, expected, tolerance } = expectation;
    const faults: Fault[] = [];
    const blame = ({ name, tensor }: NamedTensor, text: string): void => {
      faults.push({ op: tensor.node.op.name, text: `${name}: ${text}` });
    };
    const program = compileCase(scope, expectation);
    prepare?.(program);
    const first = await execute(program, expectation);
    outputs.forEach((output, k) => {
      const difference = mismatch(first[k]!, expected[k]!, tolerance);
      if (difference) blame(output, difference);
    });

    const compareBits = (way: string, values: readonly Values[]): void => {
      outputs.forEach((output, k) => {
        if (!identical(values[k]!, first[k]!)) blame(output, `other bits ${way}`);
      });
    };
    compareBits('in a second run', await execute(program, expectation));
    for (const [name, word] of Object.entries(guardWords)) {
      const { values, touched } = await executeGuarded(scope, expectation, { word, unit }, prepare);
      compareBits(`between guard words (${name})`, values);
      if (touched.length === 0) continue;
      const text = `${touched.length} guard words (${name}) overwritten, the first at ${touched[0]}`;
      faults.push({ op: null, text });
    }
    return { error: Math.max(...expected.map((values, k) => relativeError(first[k]!, values))), faults };
  } finally {
    scope.free();
  }
}

/** NaN shows reads that matter; numbers, no two alike nearby, show writes of copies and of NaN. */
const guardWords = {
  NaN: () => NaN,
  numbers: (offset: number) => -1000 - (offset % 997),
};
