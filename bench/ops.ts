/** Every op by itself: the kernels of a backend against the reference. */
import type { Backend, Program } from '../src/backend/backend.js';
import { ReferenceBackend } from '../src/backend/reference.js';
import type { OpName } from '../src/ops/index.js';
import type { Engine } from './engine.js';
import { type Effort, measure, measureQueued } from './measure.js';
import { compileStep, type Step } from './step.js';

export interface OpTime {
  readonly op: OpName;
  readonly layer: string;
  readonly ms: number;
  /** GFLOP/s, counted as direct computation: 2 for each multiply-add. Absent where none are counted. */
  readonly gflops?: number;
  /** The GB/s that must be read and written at least. */
  readonly gigabytes: number;
  /** The milliseconds of the reference; absent where it was not run. */
  readonly referenceMs?: number;
}

const EFFORT: Effort = { seconds: 0.05, samples: 3 };
/** The reference is slow: one sample suffices. */
const REFERENCE_EFFORT: Effort = { seconds: 0.02, samples: 1 };
/** The multiply-adds beyond which the reference takes a second or more, and is not run. */
const REFERENCE_MACS = 1.6e8;

/** Times steps. Each takes its inputs from memory and packs its filters in every run, as in training. */
export async function timeSteps(
  steps: readonly Step[],
  engine: Engine,
  onStep: (done: number) => void,
): Promise<OpTime[]> {
  const backend = await engine.createBackend();
  const timeOf = clockOf(engine, backend);
  const reference = new ReferenceBackend();
  const times: OpTime[] = [];
  for (const step of steps) {
    const { op, layer, macs, bytes } = step;
    const program = compileStep(step, backend);
    const ms = await timeOf(program);
    program.free();
    const slow = macs > REFERENCE_MACS ? undefined : compileStep(step, reference);
    const referenceMs = slow && measure(() => slow.run(), REFERENCE_EFFORT);
    times.push({
      op,
      layer,
      ms,
      ...(macs > 0 && { gflops: (2 * macs) / ms / 1e6 }),
      gigabytes: bytes / ms / 1e6,
      ...(referenceMs !== undefined && { referenceMs }),
    });
    onStep(times.length);
  }
  return times;
}

/** How a program is timed: on a GPU it is done when something that was asked for after it is known. */
function clockOf(engine: Engine, backend: Backend): (program: Program) => Promise<number> {
  if (engine.backend === 'wasm') return async (program) => measure(() => program.run(), EFFORT);
  const last = backend.allocate(1);
  return (program) =>
    measureQueued(
      () => program.run(),
      () => last.read(),
      EFFORT,
    );
}
