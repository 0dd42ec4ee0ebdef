/** How a WebAssembly kernel is bound to its op. */
import type { Geometries, OpName } from '../../ops/index.js';

/** `X` is the part of the module's exports that the kernel calls. */
export interface Kernel<G, X> {
  /** Calls the exports. Addresses are in bytes. */
  run(exports: X, geometry: G, inputs: readonly number[], outputs: readonly number[], workspace: number): void;
  /** Elements (float32) of scratch memory that `run` gets at `workspace`; default none. */
  workspace?(geometry: G): number;
}

/** Kernels by op, for the ops named in `K`. */
export type KernelsOf<K extends OpName, X> = { readonly [P in K]: Kernel<Geometries[P], X> };
