/** How a WebAssembly kernel is bound to its op. */
import type { Geometries, OpName } from '../../ops/index.js';

/**
 * Calls exports of the module; addresses are in bytes.
 *
 * @param workspace scratch memory
 * @param prepared what a preparation has made of the weights
 */
export type Run<G, X> = (
  exports: X,
  geometry: G,
  inputs: readonly number[],
  outputs: readonly number[],
  workspace: number,
  prepared: number,
) => void;

/** `X` is the part of the module's exports that the kernel calls. */
export interface Kernel<G, X> {
  readonly run: Run<G, X>;
  /** Elements (float32) of scratch memory; default none. */
  workspace?(geometry: G): number;
  /** What comes before `run`, and only once as long as weights stay the same: filters packed or transformed. */
  readonly preparation?: Preparation<G, X>;
}

export interface Preparation<G, X> {
  /** The inputs that it reads, counted from the last, which is -1. */
  readonly weights: readonly number[];
  /** Elements (float32) of what is prepared. */
  length(geometry: G): number;
  readonly run: Run<G, X>;
}

/** Kernels by op, for the ops named in `K`. */
export type KernelsOf<K extends OpName, X> = { readonly [P in K]: Kernel<Geometries[P], X> };
