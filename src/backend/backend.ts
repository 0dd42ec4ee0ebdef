/** The interface of backends. Nothing above this folder knows which one runs. */
import { invariant } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import type { Plan } from '../graph/plan.js';
import { formatShape, sizeOf } from '../graph/shape.js';

/** The elements of a tensor: float32, or float64 on a reference backend of that precision. */
export type Values = Float32Array | Float64Array;

/**
 * Memory that outlives a run: parameters, gradients, optimizer state. It lies where the backend computes, so its values
 * are seen through `read` alone. Effects follow the order of the calls, those of programs included: `read` gives the
 * values of the moment at which it is called, whenever they arrive.
 */
export interface Storage {
  readonly length: number;
  /** Sets all values; `values` is the caller's again when the call returns. */
  write(values: ArrayLike<number>): void;
  /** Returns a copy of all values. */
  read(): Promise<Values>;
  /** Copies the values of another storage of the same backend and length into this one. */
  copyFrom(other: Storage): void;
  /** Exchanges all values with another storage of the same backend and length that does not overlap this one. */
  swap(other: Storage): void;
  fill(value: number): void;
  /** Returns a part of this storage, in the same memory. `start` and `length` are in elements. */
  slice(start: number, length: number): Storage;
  /** Gives the memory back; neither this storage nor a part of it may be used any more. */
  free(): void;
}

/**
 * A computation, planned and ready to run again and again. The programs of one context compute in the same memory:
 * write, run and read one, without waiting in between, before you use the next. Effects follow the order of the calls,
 * as those of a `Storage` do; only `runAsync` has to be awaited.
 */
export interface Program {
  readonly plan: Plan;
  /** Writes an input that is not bound to a storage; `values` is the caller's again when the call returns. */
  write(input: Tensor, values: ArrayLike<number>): void;
  run(): void;
  /**
   * Runs while programs of other contexts run: in a thread of its own where the backend runs several at a time, else as
   * `run` does, whose effects may come later. Inputs must be written anew before another try.
   * @throws Error where the thread fails or is lost; it writes nothing any more then
   */
  runAsync(): Promise<void>;
  /** Returns a copy of an output that is not bound to a storage. */
  read(output: Tensor): Promise<Values>;
  /** Frees the program's own memory; it may not be used any more. */
  free(): void;
}

/** Makes storages and programs: a backend, or a `Scope` that frees them together. */
export interface Allocator {
  /** Allocates zero-filled memory for `length` elements. */
  allocate(length: number): Storage;
  /**
   * Plans and prepares the computation of `outputs`. Tensors in `bound` live in the storage given: leaves are read from
   * it, outputs written to it.
   */
  compile(outputs: readonly Tensor[], bound?: ReadonlyMap<Tensor, Storage>, options?: CompileOptions): Program;
}

export interface Backend extends Allocator {
  readonly name: string;
  /** The GPU that computes, in its own memory; absent where the processor does. */
  readonly adapter?: string;
  /** How many threads run a program together. */
  readonly threads: number;
  /** How many programs the backend can run at a time, each in a context of its own; see `Program.runAsync`. */
  readonly concurrentPrograms: number;
  /** How many bytes the backend can hold at most. */
  readonly memoryLimit: number;
  /** Storages, and slices that programs are bound to, begin at multiples of this many elements. */
  readonly alignment: number;
  /**
   * Plans a computation as `compile` would, for context 0, and takes no memory itself: so the need can be told first.
   * @param bound the tensors that will live in storages
   */
  plan(outputs: readonly Tensor[], bound: ReadonlySet<Tensor>, options?: ForecastOptions): MemoryPlan;
  /** Is called when bound leaves of programs that are compiled with `constant` have changed. */
  weightsChanged(): void;
  /**
   * Ends the threads, where there are several; programs do not run any more then. A process ends without it, and a
   * backend that is no longer referenced is closed.
   */
  close(): void;
}

/** What a program takes of a backend's memory, the storages bound to it aside. */
export interface MemoryPlan extends Plan {
  /**
   * The elements, alignment included, of packed weights that are kept beside the arena, by name. Programs that have a
   * name in common use the same memory.
   */
  readonly kept: ReadonlyMap<string, number>;
}

export interface ForecastOptions extends Pick<CompileOptions, 'constant'> {
  /** How many threads run the program together, each with a workspace of its own. Default: those of the backend. */
  readonly threads?: number;
}

export interface CompileOptions {
  /**
   * Bound leaves keep their values until `weightsChanged` is called, so that what kernels make of weights is kept, too:
   * for inference. Default: false.
   */
  readonly constant?: boolean;
  /**
   * Programs of different contexts can run at the same time: each context has working memory of its own. Default: 0, the
   * only one whose programs are started by `run`.
   */
  readonly context?: number;
}

/** Checks that values have as many elements as their tensor, so that no stale rest stays and no neighbour is lost. */
export function checkLength(tensor: Tensor, length: number): void {
  invariant(sizeOf(tensor.shape) === length, `${length} elements for a tensor ${formatShape(tensor.shape)}`);
}

/** Checks that values have as many elements as the storage that they are written to. */
export function checkValues(storage: Storage, { length }: { readonly length: number }): void {
  invariant(storage.length === length, `${length} elements for a storage of ${storage.length}`);
}
