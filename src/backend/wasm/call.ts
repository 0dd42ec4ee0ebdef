/** A step of a program with its addresses: all that a thread needs to do its chunks, as plain data that can be posted. */
import { roundUp } from '../../base/multiples.js';
import type { Node, Tensor } from '../../graph/graph.js';
import type { Operands } from './kernel.js';
import { type Exports, kernelNamed, kernelOf } from './kernels/index.js';
import { ALIGNMENT } from './memory.js';

/** The workspace is that of the first thread; those of the others follow, `workspaceBytes` each. */
export interface Call extends Operands<unknown> {
  readonly op: string;
  readonly workspaceBytes: number;
  /** How many units of work the threads divide among them; see `Kernel.units`. */
  readonly units: number;
}

/** Where a step finds its operands: addresses in bytes. */
export interface Places {
  address(tensor: Tensor): number;
  readonly workspace: number;
  /** Filters that are kept; those that are made anew in each run lie behind the step's workspace. */
  readonly packed?: number | undefined;
}

/** The call of a step that so many threads do together. */
export function callOf(node: Node, { address, workspace, packed }: Places, threads: number): Call {
  const { op, geometry, inputs, outputs } = node;
  return {
    op: op.name,
    geometry,
    inputs: inputs.map(address),
    outputs: outputs.map(address),
    workspace,
    workspaceBytes: 4 * workspaceLength(node, 1),
    packed: packed ?? workspace + 4 * workspaceLength(node, threads),
    units: unitsOf(node),
  };
}

/** Elements of workspace that a step needs, aligned for each thread. */
export function workspaceLength(node: Node, threads: number): number {
  const length = kernelOf(node).workspace?.(node.geometry) ?? 0;
  return roundUp(length, ALIGNMENT) * (unitsOf(node) > 1 ? threads : 1);
}

function unitsOf(node: Node): number {
  return kernelOf(node).units?.(node.geometry) ?? 1;
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

/** Runs a whole program in one thread. @throws Error that names the kernel that failed */
export function runCalls(exports: Exports, calls: readonly Call[]): void {
  for (const call of calls) {
    try {
      prepack(exports, call);
      runChunk(exports, call, 0, 1, 0);
    } catch (error) {
      throw new Error(`${call.op}: ${error}`);
    }
  }
}

/** Packs or transforms the filters of a step. */
export function prepack(exports: Exports, call: Call): void {
  kernelNamed(call.op).prepack?.run(exports, call);
}
