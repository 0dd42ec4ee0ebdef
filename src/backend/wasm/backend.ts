/** The WebAssembly SIMD backend. */
import { instantiateSync } from '@assemblyscript/loader';
import type { Node, Tensor } from '../../graph/graph.js';
import { type Plan, plan } from '../../graph/plan.js';
import { type Backend, type CompileOptions, checkLength, type Program, type Storage } from '../backend.js';
import { ownFiltersLength, PreparedFilters } from './filters.js';
import type { Exports } from './kernels.js';
import { LinearMemory } from './memory.js';
import { scratchLength, WasmProgram } from './program.js';
import { Team, type TeamOptions } from './team.js';

export class WasmBackend implements Backend {
  readonly name: string;
  readonly threads: number;
  readonly #memory: LinearMemory;
  readonly #exports: Exports;
  readonly #filters: PreparedFilters;
  readonly #team: Team | undefined;

  /**
   * @param module `unetpp.wasm` or `unetpp-wide.wasm`, compiled
   * @param team for `unetpp-shared.wasm` or `unetpp-shared-wide.wasm`: the threads that run programs together
   */
  constructor(module: WebAssembly.Module, team?: TeamOptions) {
    this.threads = team?.threads ?? 1;
    this.name = team ? `wasm (${team.threads} threads)` : 'wasm';
    this.#memory = new LinearMemory(team !== undefined);
    this.#filters = new PreparedFilters(this.#memory);
    const { memory } = this.#memory;
    const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
    this.#exports = exports as unknown as Exports;
    if (this.threads > 1) this.#team = new Team(module, memory, team!);
  }

  allocate(length: number): Storage {
    return this.#memory.allocate(length);
  }

  compile(
    outputs: readonly Tensor[],
    bound: ReadonlyMap<Tensor, Storage> = new Map(),
    options: CompileOptions = {},
  ): Program {
    for (const [tensor, storage] of bound) checkLength(tensor, storage.length);
    const constants: ReadonlySet<Tensor> = new Set(options.constant ? bound.keys() : []);
    const planned = planFor(outputs, new Set(bound.keys()), constants, this.threads);
    for (const node of planned.steps) this.#filters.reserve(node, constants, bound);
    this.#memory.ensureArena(planned.length);
    return new WasmProgram(planned, bound, this.#memory, this.#exports, this.#filters, this.#team);
  }

  invalidate(): void {
    this.#filters.invalidate();
  }

  close(): void {
    this.#team?.close();
  }
}

/**
 * The memory plan of a computation on this backend; needs no memory itself, so that the need can be told first.
 * @param constants bound tensors that do not change, see `CompileOptions`
 * @param threads each needs scratch memory of its own
 */
export function planFor(
  outputs: readonly Tensor[],
  bound: ReadonlySet<Tensor>,
  constants: ReadonlySet<Tensor> = new Set(),
  threads = 1,
): Plan {
  const workspace = (node: Node) => scratchLength(node, threads) + ownFiltersLength(node, constants);
  return plan(outputs, { bound, workspace });
}
