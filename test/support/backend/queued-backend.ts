/**
 * A backend that works as a GPU does: calls only enqueue, runs included, everything happens in the order of the calls but
 * later, in tasks of its own, and values are seen through `read` alone. What it computes with is the reference.
 */
import { setImmediate as nextTask } from 'node:timers/promises';
import type {
  Backend,
  CompileOptions,
  ForecastOptions,
  MemoryPlan,
  Program,
  Storage,
  Values,
} from '../../../src/backend/backend.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import type { Tensor } from '../../../src/graph/graph.js';

/** Does what is enqueued, one after the other, each in a task of its own. */
class Queue {
  #last: Promise<unknown> = Promise.resolve();
  /** How much was enqueued. */
  length = 0;
  /** How many of these are reads. */
  reads = 0;
  /** Reads are answered when this is fulfilled as well: a test can hold them back. */
  answering: Promise<unknown> = Promise.resolve();

  enqueue<T>(effect: () => T | Promise<T>): Promise<T> {
    this.length++;
    const done = this.#last.then(() => nextTask()).then(effect);
    this.#last = done;
    return done;
  }

  /** Reads the values of the moment of the call, whenever they are answered. */
  read(effect: () => Promise<Values>): Promise<Values> {
    this.reads++;
    const { answering } = this;
    const values = this.enqueue(effect);
    return answering.then(() => values);
  }
}

export class QueuedBackend implements Backend {
  readonly name = 'queued';
  readonly threads = 1;
  readonly concurrentPrograms = 1;
  readonly memoryLimit = 2 ** 30;
  readonly alignment = 16;
  readonly queue = new Queue();
  readonly #inner = new ReferenceBackend();

  plan(outputs: readonly Tensor[], bound: ReadonlySet<Tensor>, _options?: ForecastOptions): MemoryPlan {
    return this.#inner.plan(outputs, bound);
  }

  allocate(length: number): Storage {
    return new QueuedStorage(this.queue, this.#inner.allocate(length));
  }

  compile(
    outputs: readonly Tensor[],
    bound: ReadonlyMap<Tensor, Storage> = new Map(),
    _options?: CompileOptions,
  ): Program {
    const inner = new Map([...bound].map(([tensor, storage]) => [tensor, innerOf.get(storage)!]));
    return new QueuedProgram(this.queue, this.#inner.compile(outputs, inner));
  }

  weightsChanged(): void {}

  close(): void {}
}

/** The storages of the reference, which nobody else can reach. */
const innerOf = new WeakMap<Storage, Storage>();

class QueuedStorage implements Storage {
  readonly length: number;
  readonly #queue: Queue;
  readonly #inner: Storage;

  constructor(queue: Queue, inner: Storage) {
    this.length = inner.length;
    this.#queue = queue;
    this.#inner = inner;
    innerOf.set(this, inner);
  }

  write(values: ArrayLike<number>): void {
    const copy = Float64Array.from(values);
    void this.#queue.enqueue(() => this.#inner.write(copy));
  }

  read(): Promise<Values> {
    return this.#queue.read(() => this.#inner.read());
  }

  copyFrom(other: Storage): void {
    void this.#queue.enqueue(() => this.#inner.copyFrom(innerOf.get(other)!));
  }

  swap(other: Storage): void {
    void this.#queue.enqueue(() => this.#inner.swap(innerOf.get(other)!));
  }

  fill(value: number): void {
    void this.#queue.enqueue(() => this.#inner.fill(value));
  }

  slice(start: number, length: number): Storage {
    return new QueuedStorage(this.#queue, this.#inner.slice(start, length));
  }

  free(): void {
    void this.#queue.enqueue(() => this.#inner.free());
  }
}

class QueuedProgram implements Program {
  readonly #queue: Queue;
  readonly #inner: Program;

  constructor(queue: Queue, inner: Program) {
    this.#queue = queue;
    this.#inner = inner;
  }

  get plan() {
    return this.#inner.plan;
  }

  write(input: Tensor, values: ArrayLike<number>): void {
    const copy = Float64Array.from(values);
    void this.#queue.enqueue(() => this.#inner.write(input, copy));
  }

  run(): void {
    void this.#queue.enqueue(() => this.#inner.run());
  }

  async runAsync(): Promise<void> {
    this.run();
  }

  read(output: Tensor): Promise<Values> {
    return this.#queue.read(() => this.#inner.read(output));
  }

  free(): void {
    void this.#queue.enqueue(() => this.#inner.free());
  }
}
