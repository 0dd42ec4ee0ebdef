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

/** A step in smaller shares is evened out better, in larger ones computed better: a share has some pieces. */
const PIECES = 64;
const MOST_SHARES = 4;

/** Into how many shares a team cuts a step. */
export function sharesOf({ pieces }: Call, threads: number): number {
  const each = Math.max(1, Math.min(MOST_SHARES, Math.floor(pieces / (PIECES * threads))));
  return Math.min(pieces, threads * each);
}

/** Does share `share` of `shares`, in the scratch memory of thread `thread`. */
export function runShare(exports: Exports, call: Call, share: number, shares: number, thread: number): void {
  const { op, geometry, inputs, outputs, workspace, workspaceBytes, prepared, pieces } = call;
  const first = Math.floor((pieces * share) / shares);
  const last = Math.floor((pieces * (share + 1)) / shares);
  const scratch = workspace + thread * workspaceBytes;
  kernelNamed(op).run(exports, geometry, inputs, outputs, scratch, prepared, { first, last });
}

/** Packs or transforms the filters of a step. */
export function prepare(exports: Exports, { op, geometry, inputs, outputs, workspace, prepared }: Call): void {
  kernelNamed(op).preparation?.run(exports, geometry, inputs, outputs, workspace, prepared);
}
