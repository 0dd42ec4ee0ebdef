/** The reference backend: readable kernels, for proof and not for speed. */
import { kernels } from '../../reference/index.js';
import type { Kernel } from '../../reference/kernel.js';
import { invariant } from '../base/errors.js';
import type { Node, Tensor } from '../graph/graph.js';
import { type Plan, plan } from '../graph/plan.js';
import { sizeOf } from '../graph/shape.js';
import { type Backend, checkLength, type Program, type Storage, type Values } from './backend.js';

export type Precision = 'float32' | 'float64';

export class ReferenceBackend implements Backend {
  readonly name: string;
  readonly threads = 1;
  readonly workers = 1;
  readonly #array: Float32ArrayConstructor | Float64ArrayConstructor;

  /** @param precision of the tensors; float64 is for golden values and finite differences */
  constructor(precision: Precision = 'float32') {
    this.name = `reference (${precision})`;
    this.#array = precision === 'float32' ? Float32Array : Float64Array;
  }

  allocate(length: number): Storage {
    return new ArrayStorage(new this.#array(length));
  }

  /** Nothing here outlives a run but the values themselves. */
  invalidate(): void {}

  close(): void {}

  compile(outputs: readonly Tensor[], bound: ReadonlyMap<Tensor, Storage> = new Map()): Program {
    for (const [tensor, storage] of bound) checkLength(tensor, storage.length);
    const planned = plan(outputs, { bound: new Set(bound.keys()) });
    return new ReferenceProgram(planned, new this.#array(planned.length), bound);
  }
}

class ArrayStorage implements Storage {
  constructor(readonly data: Values) {}

  get length(): number {
    return this.data.length;
  }

  slice(start: number, length: number): Storage {
    return new ArrayStorage(this.data.subarray(start, start + length));
  }
}

class ReferenceProgram implements Program {
  constructor(
    readonly plan: Plan,
    readonly arena: Values,
    readonly bound: ReadonlyMap<Tensor, Storage>,
  ) {}

  write(input: Tensor, values: ArrayLike<number>): void {
    checkLength(input, values.length);
    this.#view(input).set(values);
  }

  run(): void {
    for (const node of this.plan.steps) this.#execute(node);
  }

  async start(): Promise<void> {
    this.run();
  }

  read(output: Tensor): Values {
    return this.#view(output).slice();
  }

  #execute(node: Node): void {
    const kernel = (kernels as unknown as Record<string, Kernel<unknown>>)[node.op.name];
    invariant(kernel, `the reference has no kernel ${node.op.name}`);
    const view = (tensor: Tensor) => this.#view(tensor);
    kernel(node.geometry, node.inputs.map(view), node.outputs.map(view));
  }

  #view(tensor: Tensor): Values {
    const length = sizeOf(tensor.shape);
    const storage = this.bound.get(tensor);
    if (storage) return storage.data.subarray(0, length);
    const offset = this.plan.offsets.get(tensor);
    invariant(offset !== undefined, 'the tensor is not part of this program');
    return this.arena.subarray(offset, offset + length);
  }
}
