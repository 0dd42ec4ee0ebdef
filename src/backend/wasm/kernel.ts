/** How a WebAssembly kernel is bound to its op, and what it is called with. */
import type { Geometries, OpName } from '../../ops/index.js';

/** Units `first` to `last - 1` of a kernel's work: what one thread does of it at a time. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The addresses of the operands of a step, in bytes. */
export interface Operands<G> {
  readonly geometry: G;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Memory that the kernel may use as it likes while it runs. */
  readonly workspace: number;
  /** The address of the packed filters, which the prepack writes and the kernel reads. */
  readonly packed: number;
}

/** One call of a kernel. */
export interface KernelCall<G> extends Operands<G> {
  /** The part of the work to be computed; kernels that are not cut into units ignore it. */
  readonly range: Range;
}

/** `X` is the part of the module's exports that the kernel calls. */
export interface Kernel<G, X> {
  run(wasm: X, call: KernelCall<G>): void;
  /** Elements (float32) of the workspace of a thread. Default: none. */
  workspace?(geometry: G): number;
  /**
   * How many units the work has that threads may do apart, in any order: rows, tiles, columns. Every element of the
   * output is computed by the same instructions wherever the cuts are. Default: 1, a kernel that is not cut.
   */
  units?(geometry: G): number;
  /** Packs or transforms filters before `run`, and only once as long as weights stay the same. */
  readonly prepack?: Prepack<G, X>;
}

export interface Prepack<G, X> {
  /** The inputs that it reads, counted from the last, which is -1. */
  readonly weights: readonly number[];
  /** Elements (float32) of the packed filters. */
  length(geometry: G): number;
  run(wasm: X, operands: Operands<G>): void;
}

/** Kernels by op, for the ops named in `K`. */
export type KernelsOf<K extends OpName, X> = { readonly [P in K]: Kernel<Geometries[P], X> };
