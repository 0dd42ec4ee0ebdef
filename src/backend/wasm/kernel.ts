/** How a WebAssembly kernel is bound to its op. */
import type { Geometries, OpName } from '../../ops/index.js';

/** Pieces `first` to `last - 1` of a kernel's work: what one thread does of it. */
export interface Part {
  readonly first: number;
  readonly last: number;
}

/**
 * Calls exports of the module; addresses are in bytes.
 *
 * @param workspace scratch memory
 * @param prepared what a preparation has made of the weights
 * @param part which pieces; kernels that are not split need not look
 */
export type Run<G, X> = (
  exports: X,
  geometry: G,
  inputs: readonly number[],
  outputs: readonly number[],
  workspace: number,
  prepared: number,
  part: Part,
) => void;

/** `X` is the part of the module's exports that the kernel calls. */
export interface Kernel<G, X> {
  readonly run: Run<G, X>;
  /** Elements (float32) of scratch memory of a thread; default none. */
  workspace?(geometry: G): number;
  /**
   * How many pieces the work has that threads may do apart, in any order: rows, tiles, columns. Every element of the
   * output is computed by the same instructions wherever the cuts are. Default 1: the kernel is not split.
   */
  pieces?(geometry: G): number;
  /** What comes before `run`, and only once as long as weights stay the same: filters packed or transformed. */
  readonly preparation?: Preparation<G, X>;
}

export interface Preparation<G, X> {
  /** The inputs that it reads, counted from the last, which is -1. */
  readonly weights: readonly number[];
  /** Elements (float32) of what is prepared. */
  length(geometry: G): number;
  readonly run: Prepare<G, X>;
}

/** As `Run`, but for the whole. */
export type Prepare<G, X> = (
  exports: X,
  geometry: G,
  inputs: readonly number[],
  outputs: readonly number[],
  workspace: number,
  prepared: number,
) => void;

/** Kernels by op, for the ops named in `K`. */
export type KernelsOf<K extends OpName, X> = { readonly [P in K]: Kernel<Geometries[P], X> };
