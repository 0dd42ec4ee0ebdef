/** A step of a program with its addresses: what a thread must know to do its part, and plain enough to be posted. */
import { type Exports, kernelNamed } from './kernels.js';

/** Addresses are in bytes. */
export interface Call {
  readonly op: string;
  readonly geometry: unknown;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Scratch memory of the first thread; that of the others follows, `workspaceBytes` each. */
  readonly workspace: number;
  readonly workspaceBytes: number;
  readonly prepared: number;
  /** How many pieces the threads share; see `Kernel.pieces`. */
  readonly pieces: number;
}

/** Does the part of thread `thread` of `threads`, in scratch memory of its own. */
export function runPart(exports: Exports, call: Call, thread: number, threads: number): void {
  const { op, geometry, inputs, outputs, workspace, workspaceBytes, prepared, pieces } = call;
  const first = Math.floor((pieces * thread) / threads);
  const last = Math.floor((pieces * (thread + 1)) / threads);
  if (first === last) return;
  const scratch = workspace + thread * workspaceBytes;
  kernelNamed(op).run(exports, geometry, inputs, outputs, scratch, prepared, { first, last });
}

/** Packs or transforms the filters of a step. */
export function prepare(exports: Exports, { op, geometry, inputs, outputs, workspace, prepared }: Call): void {
  kernelNamed(op).preparation?.run(exports, geometry, inputs, outputs, workspace, prepared);
}
