/** The WebAssembly SIMD backend. */
import { instantiateSync } from '@assemblyscript/loader';
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import { plan } from '../../graph/plan.js';
import {
  type Backend,
  type CompileOptions,
  checkLength,
  type ForecastOptions,
  type MemoryPlan,
  type Storage,
} from '../backend.js';
import { constantsOf, keptFilters, ownFiltersLength, PackedFilters } from '../filters.js';
import { workspaceLength } from './call.js';
import { type Exports, packings } from './kernels/index.js';
import { ALIGNMENT, LIMIT, LinearMemory } from './memory.js';
import { type Machine, WasmProgram } from './program.js';
import { Team, type TeamOptions } from './team/team.js';
import type { StartWorkers } from './workers.js';

export class WasmBackend implements Backend {
  readonly name: string;
  readonly threads: number;
  readonly concurrentPrograms: number;
  readonly memoryLimit = LIMIT;
  readonly alignment = ALIGNMENT;
  readonly #start: () => Machine;
  #started: Machine | undefined;
  #closed = false;

  /**
   * Makes a backend. It takes no memory until the first storage or program is made, so that one can be made for its
   * forecast alone.
   * @param module `unetpp.wasm` or `unetpp-wide.wasm`, compiled
   * @param team for `unetpp-shared.wasm` or `unetpp-shared-wide.wasm`: the threads that run programs together
   * @param workers with a team: the threads that each run a program of their own
   */
  constructor(
    module: WebAssembly.Module,
    team?: TeamOptions,
    workers?: { readonly count: number; readonly start: StartWorkers },
  ) {
    this.threads = team?.threads ?? 1;
    this.concurrentPrograms = workers?.count ?? 1;
    this.name = this.threads > 1 ? `wasm (${this.threads} threads)` : 'wasm';
    this.#start = () => {
      const memory = new LinearMemory(team !== undefined);
      const imports = { env: { memory: memory.memory } };
      const { exports } = instantiateSync<Record<string, unknown>>(module, imports);
      return {
        memory,
        exports: exports as unknown as Exports,
        filters: new PackedFilters(packings, (length) => memory.allocate(length)),
        team: team && team.threads > 1 ? new Team(module, memory.memory, team) : undefined,
        workers: workers?.start(module, memory.memory),
      };
    };
  }

  plan(outputs: readonly Tensor[], bound: ReadonlySet<Tensor>, options: ForecastOptions = {}): MemoryPlan {
    const { constant, threads = this.threads } = options;
    const constants = constantsOf(bound, constant);
    const workspace = (node: Node) => workspaceLength(node, threads) + ownFiltersLength(packings, node, constants);
    const planned = plan(outputs, { bound, workspace, alignment: ALIGNMENT });
    return { ...planned, kept: keptFilters(packings, planned.steps, constants) };
  }

  allocate(length: number): Storage {
    return this.#machine.memory.allocate(length);
  }

  compile(
    outputs: readonly Tensor[],
    bound: ReadonlyMap<Tensor, Storage> = new Map(),
    options: CompileOptions = {},
  ): WasmProgram {
    for (const [tensor, storage] of bound) checkLength(tensor, storage.length);
    const { constant = false, context = 0 } = options;
    invariant(!constant || context === 0, 'kept filters belong to context 0');
    const { memory, filters } = this.#machine;
    // A program in another context runs in one thread.
    const threads = context === 0 ? this.threads : 1;
    const planned = this.plan(outputs, new Set(bound.keys()), { constant, threads });
    const constants = constantsOf(bound.keys(), constant);
    const kept = new Map(planned.steps.map((node) => [node, filters.reserve(node, constants, bound)]));
    memory.enterArena(context, planned.length);
    return new WasmProgram(planned, bound, kept, context, this.#machine);
  }

  weightsChanged(): void {
    this.#started?.filters.weightsChanged();
  }

  close(): void {
    this.#closed = true;
    this.#started?.team?.close();
    this.#started?.workers?.close();
  }

  get #machine(): Machine {
    if (this.#closed && !this.#started) throw new Error('the backend is closed');
    this.#started ??= this.#start();
    return this.#started;
  }
}
