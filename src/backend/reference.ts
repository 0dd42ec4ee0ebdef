/** The reference backend: kernels that are written to be read, and that prove the others right. */
import { kernels } from '../../reference/index.js';
import type { Kernel } from '../../reference/kernel.js';
import { invariant } from '../base/errors.js';
import type { Node, Tensor } from '../graph/graph.js';
import { type Plan, plan } from '../graph/plan.js';
import { sizeOf } from '../graph/shape.js';
import {
  type Backend,
  checkLength,
  checkValues,
  type MemoryPlan,
  type Program,
  type Storage,
  type Values,
} from './backend.js';

export type Precision = 'float32' | 'float64';

export class ReferenceBackend implements Backend {
  readonly name: string;
  readonly threads = 1;
  readonly concurrentPrograms = 1;
  readonly memoryLimit = Number.POSITIVE_INFINITY;
  /** That of WebAssembly, so that flat memories of both can be compared as they lie. */
  readonly alignment: number = 16;
  readonly #array: Float32ArrayConstructor | Float64ArrayConstructor;

  /** @param precision the type of the elements; float64 is for golden values and finite differences */
  constructor(precision: Precision = 'float32') {
    this.name = `reference (${precision})`;
    this.#array = precision === 'float32' ? Float32Array : Float64Array;
  }

  allocate(length: number): Storage {
    return new ArrayStorage(new this.#array(length));
  }

  plan(outputs: readonly Tensor[], bound: ReadonlySet<Tensor>): MemoryPlan {
    return { ...plan(outputs, { bound, alignment: this.alignment }), kept: new Map() };
  }

  /** Nothing here outlives a run but the values themselves. */
  weightsChanged(): void {}

  close(): void {}

  compile(outputs: readonly Tensor[], bound: ReadonlyMap<Tensor, Storage> = new Map()): Program {
    for (const [tensor, storage] of bound) checkLength(tensor, storage.length);
    const planned = this.plan(outputs, new Set(bound.keys()));
    return new ReferenceProgram(planned, new this.#array(planned.length), bound);
  }
}

/** Whether it was freed; one for a storage and all parts of it. */
interface Life {
  ended: boolean;
}

class ArrayStorage implements Storage {
  readonly #values: Values;
  readonly #life: Life;

  constructor(values: Values, life: Life = { ended: false }) {
    this.#values = values;
    this.#life = life;
  }

  get length(): number {
    return this.#values.length;
  }

  /** The live values, for this file alone. */
  get values(): Values {
    invariant(!this.#life.ended, 'a storage is used that was freed');
    return this.#values;
  }

  write(values: ArrayLike<number>): void {
    checkValues(this, values);
    this.values.set(values);
  }

  async read(): Promise<Values> {
    return this.values.slice();
  }

  copyFrom(other: Storage): void {
    this.write(valuesOf(other));
  }

  swap(other: Storage): void {
    const before = this.values.slice();
    this.copyFrom(other);
    other.write(before);
  }

  fill(value: number): void {
    this.values.fill(value);
  }

  slice(start: number, length: number): Storage {
    return new ArrayStorage(this.values.subarray(start, start + length), this.#life);
  }

  free(): void {
    invariant(this.values.byteOffset === 0, 'a part of a storage cannot be freed by itself');
    this.#life.ended = true;
  }
}

function valuesOf(storage: Storage): Values {
  invariant(storage instanceof ArrayStorage, 'storage of another backend');
  return storage.values;
}

class ReferenceProgram implements Program {
  #freed = false;

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

  async runAsync(): Promise<void> {
    this.run();
  }

  async read(output: Tensor): Promise<Values> {
    return this.#view(output).slice();
  }

  free(): void {
    this.#assertLive();
    this.#freed = true;
  }

  #assertLive(): void {
    invariant(!this.#freed, 'a program is used that was freed');
  }

  #execute(node: Node): void {
    const kernel = (kernels as unknown as Record<string, Kernel<unknown>>)[node.op.name];
    invariant(kernel, `the reference has no kernel ${node.op.name}`);
    const view = (tensor: Tensor) => this.#view(tensor);
    kernel(node.geometry, node.inputs.map(view), node.outputs.map(view));
  }

  #view(tensor: Tensor): Values {
    this.#assertLive();
    const length = sizeOf(tensor.shape);
    const storage = this.bound.get(tensor);
    if (storage) return valuesOf(storage).subarray(0, length);
    const offset = this.plan.offsets.get(tensor);
    invariant(offset !== undefined, 'the tensor is not part of this program');
    return this.arena.subarray(offset, offset + length);
  }
}
