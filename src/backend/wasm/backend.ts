/** The WebAssembly SIMD backend. */
import { instantiateSync } from '@assemblyscript/loader';
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import { plan } from '../../graph/plan.js';
import {
  type Backend,
  type CompileOptions,
  checkLength,
  type MemoryPlan,
  type PlannerOptions,
  type Storage,
} from '../backend.js';
import { constantsOf, keptFilters, ownFiltersLength, PreparedFilters } from './filters.js';
import type { Exports } from './kernels.js';
import { LinearMemory } from './memory.js';
import { type Machine, scratchLength, WasmProgram } from './program.js';
import { Team, type TeamOptions } from './team.js';
import type { StartWorkers } from './workers.js';

export class WasmBackend implements Backend {
  readonly name: string;
  readonly threads: number;
  readonly concurrentPrograms: number;
  readonly #machine: Machine;

  /**
   * @param module `unetpp.wasm` or `unetpp-wide.wasm`, compiled
   * @param team for `unetpp-shared.wasm` or `unetpp-shared-wide.wasm`: the threads that run programs together
   * @param startWorkers with a team: the threads that each run a program of their own
   */
  constructor(module: WebAssembly.Module, team?: TeamOptions, startWorkers?: StartWorkers) {
    this.threads = team?.threads ?? 1;
    this.name = team ? `wasm (${team.threads} threads)` : 'wasm';
    const memory = new LinearMemory(team !== undefined);
    const imports = { env: { memory: memory.memory } };
    const { exports } = instantiateSync<Record<string, unknown>>(module, imports);
    const workers = startWorkers?.(module, memory.memory);
    this.concurrentPrograms = workers?.count ?? 1;
    this.#machine = {
      memory,
      exports: exports as unknown as Exports,
      filters: new PreparedFilters(memory),
      team: team && team.threads > 1 ? new Team(module, memory.memory, team) : undefined,
      workers,
    };
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
    // What runs in another context runs alone.
    const threads = context === 0 ? this.threads : 1;
    const planned = planFor(outputs, new Set(bound.keys()), { constant, threads });
    const constants = constantsOf(bound.keys(), constant);
    const kept = new Map(planned.steps.map((node) => [node, filters.reserve(node, constants, bound)]));
    memory.enterArena(context, planned.length);
    return new WasmProgram(planned, bound, kept, context, this.#machine);
  }

  weightsChanged(): void {
    this.#machine.filters.weightsChanged();
  }

  close(): void {
    this.#machine.team?.close();
    this.#machine.workers?.close();
  }
}

/** The `Planner` of this backend. */
export function planFor(
  outputs: readonly Tensor[],
  bound: ReadonlySet<Tensor>,
  { constant, threads = 1 }: PlannerOptions = {},
): MemoryPlan {
  const constants = constantsOf(bound, constant);
  const workspace = (node: Node) => scratchLength(node, threads) + ownFiltersLength(node, constants);
  const planned = plan(outputs, { bound, workspace });
  return { ...planned, kept: keptFilters(planned.steps, constants) };
}
