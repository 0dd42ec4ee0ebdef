/** The WebAssembly SIMD backend. */
import { instantiateSync } from '@assemblyscript/loader';
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import { type Plan, plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import { type Backend, type CompileOptions, checkLength, type Program, type Storage } from '../backend.js';
import { ownFiltersLength, PreparedFilters } from './filters.js';
import type { Kernel } from './kernel.js';
import { type Exports, kernelOf } from './kernels.js';
import { LinearMemory, WasmStorage } from './memory.js';

/** Elements of scratch memory, in 64-byte steps. */
function scratchLength(node: Node): number {
  return Math.ceil((kernelOf(node).workspace?.(node.geometry) ?? 0) / 16) * 16;
}

export class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly #memory = new LinearMemory();
  readonly #exports: Exports;
  readonly #filters = new PreparedFilters(this.#memory);

  /** @param module `unetpp.wasm` or `unetpp-wide.wasm`, compiled */
  constructor(module: WebAssembly.Module) {
    const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory: this.#memory.memory } });
    this.#exports = exports as unknown as Exports;
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
    const planned = planFor(outputs, new Set(bound.keys()), constants);
    for (const node of planned.steps) this.#filters.reserve(node, constants, bound);
    this.#memory.ensureArena(planned.length);
    return new WasmProgram(planned, bound, this.#memory, this.#exports, this.#filters);
  }

  invalidate(): void {
    this.#filters.invalidate();
  }
}

/**
 * The memory plan of a computation on this backend; needs no memory itself, so that the need can be told first.
 * @param constants bound tensors that do not change, see `CompileOptions`
 */
export function planFor(
  outputs: readonly Tensor[],
  bound: ReadonlySet<Tensor>,
  constants: ReadonlySet<Tensor> = new Set(),
): Plan {
  return plan(outputs, { bound, workspace: (node) => scratchLength(node) + ownFiltersLength(node, constants) });
}

/** A step with its addresses, in bytes. */
interface Call {
  readonly node: Node;
  readonly kernel: Kernel<unknown, Exports>;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly workspace: number;
  readonly prepared: number;
  /** The preparation that is still to be done before the step. */
  readonly due: () => boolean;
}

class WasmProgram implements Program {
  #arena = -1;
  #calls: readonly Call[] = [];

  constructor(
    readonly plan: Plan,
    readonly bound: ReadonlyMap<Tensor, Storage>,
    readonly memory: LinearMemory,
    readonly exports: Exports,
    readonly filters: PreparedFilters,
  ) {}

  write(input: Tensor, values: ArrayLike<number>): void {
    checkLength(input, values.length);
    this.#view(input).set(values);
  }

  run(): void {
    if (this.#arena !== this.memory.arena) this.#bind();
    for (const { node, kernel, inputs, outputs, workspace, prepared, due } of this.#calls) {
      const { geometry } = node;
      if (due()) kernel.preparation?.run(this.exports, geometry, inputs, outputs, workspace, prepared);
      kernel.run(this.exports, geometry, inputs, outputs, workspace, prepared);
    }
  }

  read(output: Tensor): Float32Array {
    return this.#view(output).slice();
  }

  /** Works out all addresses; again after the arena has moved. */
  #bind(): void {
    this.#arena = this.memory.arena;
    const address = (tensor: Tensor) => this.#address(tensor);
    this.#calls = this.plan.steps.map((node) => {
      const workspace = this.memory.arena + 4 * (this.plan.workspaces.get(node) ?? 0);
      const kept = this.filters.get(node);
      return {
        node,
        kernel: kernelOf(node),
        inputs: node.inputs.map(address),
        outputs: node.outputs.map(address),
        workspace,
        // Filters that are made anew in each run lie behind the step's scratch memory.
        prepared: kept?.address ?? workspace + 4 * scratchLength(node),
        due: kept ? () => kept.renew() : () => true,
      };
    });
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
