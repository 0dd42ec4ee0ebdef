/** A planned computation in the linear memory, run by one thread or by a team. */
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import type { Plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import { checkLength, type Program, type Storage } from '../backend.js';
import { type Call, prepare, runShare } from './call.js';
import type { PreparedFilters } from './filters.js';
import { type Exports, kernelOf } from './kernels.js';
import { type LinearMemory, WasmStorage } from './memory.js';
import type { Team } from './team.js';

/** A step as it is run. */
interface Step {
  readonly call: Call;
  /** Whether the threads of the team share it; the first does all else alone. */
  readonly shared: boolean;
  /** Whether the filters are to be prepared now, before the step. */
  readonly due: () => boolean;
}

export class WasmProgram implements Program {
  #arena = -1;
  #steps: readonly Step[] = [];
  #shared: readonly Call[] = [];

  constructor(
    readonly plan: Plan,
    readonly bound: ReadonlyMap<Tensor, Storage>,
    readonly memory: LinearMemory,
    readonly exports: Exports,
    readonly filters: PreparedFilters,
    readonly team: Team | undefined,
  ) {}

  write(input: Tensor, values: ArrayLike<number>): void {
    checkLength(input, values.length);
    this.#view(input).set(values);
  }

  run(): void {
    if (this.#arena !== this.memory.arena) this.#bind();
    if (this.team) this.team.run(this.#shared, () => this.#execute());
    else this.#execute();
  }

  read(output: Tensor): Float32Array {
    return this.#view(output).slice();
  }

  #execute(): void {
    for (const { call, shared, due } of this.#steps) {
      if (due()) prepare(this.exports, call);
      if (shared) this.team!.share(this.exports, call);
      else runShare(this.exports, call, 0, 1, 0);
    }
  }

  /** Works out all addresses; again after the arena has moved. */
  #bind(): void {
    this.#arena = this.memory.arena;
    this.#steps = this.plan.steps.map((node) => this.#step(node));
    this.#shared = this.#steps.filter(({ shared }) => shared).map(({ call }) => call);
  }

  #step(node: Node): Step {
    const { op, geometry } = node;
    const threads = this.team?.threads ?? 1;
    const address = (tensor: Tensor) => this.#address(tensor);
    const workspace = this.#arena + 4 * (this.plan.workspaces.get(node) ?? 0);
    const kept = this.filters.get(node);
    const pieces = piecesOf(node);
    const call = {
      op: op.name,
      geometry,
      inputs: node.inputs.map(address),
      outputs: node.outputs.map(address),
      workspace,
      workspaceBytes: 4 * scratchLength(node, 1),
      // Filters that are made anew in each run lie behind the step's scratch memory.
      prepared: kept?.address ?? workspace + 4 * scratchLength(node, threads),
      pieces,
    };
    return { call, shared: threads > 1 && pieces > 1, due: kept ? () => kept.renew() : () => true };
  }

  #address(tensor: Tensor): number {
    const storage = this.bound.get(tensor);
    if (storage) {
      invariant(storage instanceof WasmStorage && storage.owner === this.memory, 'storage of another backend');
      return storage.address;
    }
    const offset = this.plan.offsets.get(tensor);
    invariant(offset !== undefined, 'the tensor is not part of this program');
    return this.memory.arena + 4 * offset;
  }

  #view(tensor: Tensor): Float32Array {
    return this.memory.view(this.#address(tensor), sizeOf(tensor.shape));
  }
}

/** Elements of scratch memory that a step needs, in 64-byte steps for each thread. */
export function scratchLength(node: Node, threads: number): number {
  const length = kernelOf(node).workspace?.(node.geometry) ?? 0;
  return Math.ceil(length / 16) * 16 * (piecesOf(node) > 1 ? threads : 1);
}

function piecesOf(node: Node): number {
  return kernelOf(node).pieces?.(node.geometry) ?? 1;
}
