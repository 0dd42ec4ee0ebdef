/** What a backend is. Nothing above this folder knows which one runs. */
import { invariant } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import type { Plan } from '../graph/plan.js';
import { formatShape, sizeOf } from '../graph/shape.js';

/** Elements of tensors: float32, or float64 on the reference when asked for. */
export type Values = Float32Array | Float64Array;

/** Memory that outlives a run: parameters, gradients, optimizer state. */
export interface Storage {
  readonly length: number;
  /** A live view. Take it anew after compiling or allocating: the memory behind it may have moved. */
  readonly data: Values;
  /** Part of this storage, sharing its memory. */
  slice(start: number, length: number): Storage;
}

/**
 * A computation, planned and ready to run again and again. The programs of one place share their working memory: write,
 * run and read one before you turn to the next.
 */
export interface Program {
  readonly plan: Plan;
  /** Writes an input that is not bound to a storage. */
  write(input: Tensor, values: ArrayLike<number>): void;
  run(): void;
  /**
   * Runs apart, while others run at other places: in a thread of its own where the backend has workers, else at once.
   * Inputs must be written anew before another try.
   * @throws Error where the thread fails or is lost; it writes nothing any more then
   */
  start(): Promise<void>;
  /** A copy of an output that is not bound to a storage. */
  read(output: Tensor): Values;
}

export interface Backend {
  readonly name: string;
  /** How many threads run a program together. */
  readonly threads: number;
  /** How many programs it can run at a time, each at a place of its own; see `Program.start`. */
  readonly workers: number;
  /** Zero-filled memory for `length` elements. */
  allocate(length: number): Storage;
  /**
   * Plans and prepares the computation of `outputs`. Tensors in `bound` live in the storage given: leaves are read from
   * it, outputs written to it.
   */
  compile(outputs: readonly Tensor[], bound?: ReadonlyMap<Tensor, Storage>, options?: CompileOptions): Program;
  /** Says that bound leaves of programs compiled with `constant` have changed. */
  invalidate(): void;
  /**
   * Ends the threads, where there are several; programs do not run any more then. A process ends without it, and a
   * backend that nobody holds any more is closed.
   */
  close(): void;
}

/** What a program takes of a backend's memory, the storages bound to it aside. */
export interface MemoryPlan extends Plan {
  /**
   * Elements, alignment included, of what is made of constant weights and kept beside the arena. Programs that have a
   * name in common share it.
   */
  readonly kept: ReadonlyMap<string, number>;
}

/** Plans a computation as a backend would compile it. It needs no memory itself, so that the need can be told first. */
export type Planner = (outputs: readonly Tensor[], bound: ReadonlySet<Tensor>, options?: PlannerOptions) => MemoryPlan;

export interface PlannerOptions extends Pick<CompileOptions, 'constant'> {
  /** How many run the program together, each with a workspace of its own. Default: 1. */
  readonly threads?: number;
}

export interface CompileOptions {
  /**
   * Bound leaves keep their values until `invalidate` is called, so that what kernels make of weights is kept, too:
   * for inference. Default: false.
   */
  readonly constant?: boolean;
  /**
   * Programs of different places can run at the same time: each place has working memory of its own. Default: 0, where
   * `run` is at home.
   */
  readonly place?: number;
}

/** Values and storages must have as many elements as their tensor: neither a stale rest nor a neighbour overwritten. */
export function checkLength(tensor: Tensor, length: number): void {
  invariant(sizeOf(tensor.shape) === length, `${length} elements for a tensor ${formatShape(tensor.shape)}`);
}
