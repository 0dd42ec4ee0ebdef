/** A step of a program with its addresses: all that a thread needs to do its chunks, as plain data that can be posted. */
import type { Operands } from './kernel.js';
import { type Exports, kernelNamed } from './kernels/index.js';

/** The workspace is that of the first thread; those of the others follow, `workspaceBytes` each. */
export interface Call extends Operands<unknown> {
  readonly op: string;
  readonly workspaceBytes: number;
  /** How many units of work the threads divide among them; see `Kernel.units`. */
  readonly units: number;
}

/** A step in smaller chunks is evened out better, in larger ones computed better: a chunk has some units. */
const UNITS_PER_CHUNK = 64;
const MOST_CHUNKS = 4;

/** Into how many chunks a team cuts a step. */
export function chunksOf({ units }: Call, threads: number): number {
  const each = Math.max(1, Math.min(MOST_CHUNKS, Math.floor(units / (UNITS_PER_CHUNK * threads))));
  return Math.min(units, threads * each);
}

/** Does chunk `chunk` of `chunks`, in the workspace of thread `thread`. */
export function runChunk(exports: Exports, call: Call, chunk: number, chunks: number, thread: number): void {
  const { op, geometry, inputs, outputs, workspace, workspaceBytes, packed, units } = call;
  kernelNamed(op).run(exports, {
    geometry,
    inputs,
    outputs,
    workspace: workspace + thread * workspaceBytes,
    packed,
    range: { first: Math.floor((units * chunk) / chunks), last: Math.floor((units * (chunk + 1)) / chunks) },
  });
}

/** Packs or transforms the filters of a step. */
export function prepack(exports: Exports, call: Call): void {
  kernelNamed(call.op).prepack?.run(exports, call);
}
