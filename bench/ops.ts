/** Every op by itself: the WebAssembly kernels against the reference. */
import { ReferenceBackend } from '../src/backend/reference.js';
import type { OpName } from '../src/ops/index.js';
import type { Engine } from './engine.js';
import { type Effort, measure } from './measure.js';
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
export function timeSteps(steps: readonly Step[], engine: Engine, onStep: (done: number) => void): OpTime[] {
  const backend = engine.createBackend();
  const reference = new ReferenceBackend();
  return steps.map((step, k) => {
    const { op, layer, macs, bytes } = step;
    const program = compileStep(step, backend);
    const ms = measure(() => program.run(), EFFORT);
    const slow = macs > REFERENCE_MACS ? undefined : compileStep(step, reference);
    const referenceMs = slow && measure(() => slow.run(), REFERENCE_EFFORT);
    onStep(k + 1);
    return {
      op,
      layer,
      ms,
      ...(macs > 0 && { gflops: (2 * macs) / ms / 1e6 }),
      gigabytes: bytes / ms / 1e6,
      ...(referenceMs !== undefined && { referenceMs }),
    };
  });
}
