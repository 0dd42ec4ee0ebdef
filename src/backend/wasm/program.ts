/** A planned computation in the linear memory, run by one thread, by a team, or by a worker. */
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import type { Plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import { checkLength, type Program, type Storage } from '../backend.js';
import type { Filters, PackedFilters } from '../filters.js';
import { type Call, callOf, prepack, runChunk } from './call.js';
import type { Exports } from './kernels/index.js';
import type { LinearMemory } from './memory.js';
import { WasmStorage } from './storage.js';
import type { Team } from './team/team.js';
import type { Workers } from './workers.js';

/** A step with all that is needed to run it. */
interface Step {
  readonly call: Call;
  /** Whether the threads of the team do it together; otherwise the first does it alone. */
  readonly shared: boolean;
  /** Whether the filters must be packed now, before the step. */
  readonly due: () => boolean;
}

/** What the programs of a backend have in common. */
export interface Machine {
  readonly memory: LinearMemory;
  readonly exports: Exports;
  readonly filters: PackedFilters<WasmStorage>;
  readonly team: Team | undefined;
  readonly workers: Workers | undefined;
}

export class WasmProgram implements Program {
  #arena = -1;
  #steps: readonly Step[] = [];
  #shared: readonly Call[] = [];
  #freed = false;

  constructor(
    readonly plan: Plan,
    readonly bound: ReadonlyMap<Tensor, Storage>,
    /** The kept filters, by step. */
    readonly kept: ReadonlyMap<Node, Filters<WasmStorage> | undefined>,
    readonly context: number,
    readonly machine: Machine,
  ) {}

  write(input: Tensor, values: ArrayLike<number>): void {
    checkLength(input, values.length);
    this.#view(input).set(values);
  }

  run(): void {
    this.#bind();
    const { team } = this.machine;
    if (team) team.run(this.#shared, () => this.#execute());
    else this.#execute();
  }

  async runAsync(): Promise<void> {
    const { workers } = this.machine;
    if (!workers) return this.run();
    invariant(this.context > 0, 'context 0 belongs to the calling thread');
    this.#bind();
    const macs = this.plan.steps.reduce((sum, { op, geometry }) => sum + (op.macs?.(geometry) ?? 0), 0);
    await workers.run(
      this.#steps.map(({ call }) => call),
      macs,
    );
  }

  async read(output: Tensor): Promise<Float32Array> {
    return this.readSync(output);
  }

  /** `read` without a promise: this memory lies in the caller's process. */
  readSync(output: Tensor): Float32Array {
    return this.#view(output).slice();
  }

  free(): void {
    this.#assertLive();
    this.#freed = true;
    this.machine.memory.leaveArena(this.context);
  }

  #assertLive(): void {
    invariant(!this.#freed, 'a program is used that was freed');
  }

  #execute(): void {
    const { exports, team } = this.machine;
    for (const { call, shared, due } of this.#steps) {
      if (due()) prepack(exports, call);
      if (shared) team!.runTogether(exports, call);
      else runChunk(exports, call, 0, 1, 0);
    }
  }

  /** Works out all addresses; again after the arena has moved. */
  #bind(): void {
    this.#assertLive();
    for (const storage of this.bound.values()) this.#own(storage).assertLive();
    const arena = this.machine.memory.arena(this.context);
    if (this.#arena === arena) return;
    this.#arena = arena;
    this.#steps = this.plan.steps.map((node) => this.#step(node));
    this.#shared = this.#steps.filter(({ shared }) => shared).map(({ call }) => call);
  }

  #step(node: Node): Step {
    const { team } = this.machine;
    const threads = this.context === 0 ? (team?.threads ?? 1) : 1;
    const kept = this.kept.get(node);
    const places = {
      address: (tensor: Tensor) => this.#address(tensor),
      workspace: this.#arena + 4 * (this.plan.workspaces.get(node) ?? 0),
      packed: kept?.storage.address,
    };
    const call = callOf(node, places, threads);
    return { call, shared: threads > 1 && call.units > 1, due: kept ? () => kept.renew() : () => true };
  }

  #address(tensor: Tensor): number {
    const storage = this.bound.get(tensor);
    if (storage) return this.#own(storage).address;
    const offset = this.plan.offsets.get(tensor);
    invariant(offset !== undefined, 'the tensor is not part of this program');
    return this.machine.memory.arena(this.context) + 4 * offset;
  }

  #own(storage: Storage): WasmStorage {
    invariant(storage instanceof WasmStorage && storage.owner === this.machine.memory, 'storage of another backend');
    return storage;
  }

  #view(tensor: Tensor): Float32Array {
    this.#assertLive();
    return this.machine.memory.view(this.#address(tensor), sizeOf(tensor.shape));
  }
}
