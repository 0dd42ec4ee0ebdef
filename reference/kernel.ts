/**
 * The kernels as nested loops, written to be read: they say what every backend must compute. They run on Float32Array
 * and on Float64Array; accumulation is in JavaScript's float64 either way.
 */
import type { Geometries, OpName } from '../src/ops/index.js';

export type Values = Float32Array | Float64Array;

/** A kernel, which overwrites its outputs and reads only its inputs. */
export type Kernel<G> = (geometry: G, inputs: readonly Values[], outputs: readonly Values[]) => void;

/** A kernel for every op: TypeScript names what is missing. */
export type Kernels = { readonly [K in OpName]: Kernel<Geometries[K]> };
