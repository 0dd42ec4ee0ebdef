/** The WebAssembly SIMD backend. */
import { instantiateSync } from '@assemblyscript/loader';
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import { type Plan, plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import { type Backend, checkLength, type Program, type Storage } from '../backend.js';
import type { Kernel } from './kernel.js';
import { type Exports, kernels } from './kernels.js';
import { LinearMemory, WasmStorage } from './memory.js';

export class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly #memory = new LinearMemory();
  readonly #exports: Exports;

  /** @param module `unetpp.wasm`, compiled */
  constructor(module: WebAssembly.Module) {
    const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory: this.#memory.memory } });
    this.#exports = exports as unknown as Exports;
  }

  allocate(length: number): Storage {
    return this.#memory.allocate(length);
  }

  compile(outputs: readonly Tensor[], bound: ReadonlyMap<Tensor, Storage> = new Map()): Program {
    for (const [tensor, storage] of bound) checkLength(tensor, storage.length);
    const planned = planFor(outputs, new Set(bound.keys()));
    this.#memory.ensureArena(planned.length);
    return new WasmProgram(planned, bound, this.#memory, this.#exports);
  }
}

/** The memory plan of a computation on this backend; needs no memory itself, so that the need can be told first. */
export function planFor(outputs: readonly Tensor[], bound: ReadonlySet<Tensor>): Plan {
  return plan(outputs, { bound, workspace: (node) => kernelOf(node).workspace?.(node.geometry) ?? 0 });
}

function kernelOf(node: Node): Kernel<unknown, Exports> {
  const kernel = (kernels as unknown as Record<string, Kernel<unknown, Exports>>)[node.op.name];
  invariant(kernel, `the wasm backend has no kernel ${node.op.name}`);
  return kernel;
}

/** A step with its addresses. */
interface Call {
  readonly kernel: Kernel<unknown, Exports>;
  readonly node: Node;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly workspace: number;
}

class WasmProgram implements Program {
  #arena = -1;
  #calls: readonly Call[] = [];

  constructor(
    readonly plan: Plan,
    readonly bound: ReadonlyMap<Tensor, Storage>,
    readonly memory: LinearMemory,
    readonly exports: Exports,
  ) {}

  write(input: Tensor, values: ArrayLike<number>): void {
    checkLength(input, values.length);
    this.#view(input).set(values);
  }

  run(): void {
    if (this.#arena !== this.memory.arena) this.#bind();
    for (const { kernel, node, inputs, outputs, workspace } of this.#calls) {
      kernel.run(this.exports, node.geometry, inputs, outputs, workspace);
    }
  }

  read(output: Tensor): Float32Array {
    return this.#view(output).slice();
  }

  /** Works out all addresses; again after the arena has moved. */
  #bind(): void {
    this.#arena = this.memory.arena;
    const address = (tensor: Tensor) => this.#address(tensor);
    this.#calls = this.plan.steps.map((node) => ({
      kernel: kernelOf(node),
      node,
      inputs: node.inputs.map(address),
      outputs: node.outputs.map(address),
      workspace: this.memory.arena + 4 * (this.plan.workspaces.get(node) ?? 0),
    }));
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
