/** How a WebGPU kernel is bound to its op: the dispatches that compute it, as plain data. */
import { invariant } from '../../base/errors.js';
import type { Geometries, OpName } from '../../ops/index.js';

/** What a dispatch reads or writes: a tensor of the op, or a part of its working memory. */
export type Operand =
  | { readonly from: 'inputs' | 'outputs'; readonly index: number }
  | { readonly from: 'workspace' | 'packed'; readonly start: number; readonly length: number }
  | { readonly from: 'nowhere' };

/** Input `index`; negative ones count from the last, which is -1. */
export const input = (index: number): Operand => ({ from: 'inputs', index });
export const output = (index: number): Operand => ({ from: 'outputs', index });
/** A part of the memory that a kernel may use as it likes while it runs, in elements; `start` is a multiple of 64. */
export const workspace = (start: number, length: number): Operand => ({ from: 'workspace', start, length });
/** A part of the packed filters, which the prepack writes and the kernel reads; `start` is a multiple of 64. */
export const packed = (start: number, length: number): Operand => ({ from: 'packed', start, length });
/** What stands at a binding that the shader does not use this time. */
export const unused: Operand = { from: 'nowhere' };

export type Groups = readonly [x: number, y: number, z: number];

/** One run of a shader. */
export interface Dispatch {
  /** The family, which is the name of the file in `shaders`. */
  readonly shader: string;
  /** The function in it. */
  readonly entry: string;
  /** The values of overrides: which variant is compiled. Sizes do not belong here; each set of values is a pipeline. */
  readonly constants?: Readonly<Record<string, number>>;
  /** The storage buffers, at bindings 1, 2, …: at most eight. */
  readonly buffers: readonly Operand[];
  /** The struct at binding 0: unsigned integers, then floats, then vectors of four floats from the next multiple of 16 bytes. */
  readonly uniforms: {
    readonly integers?: readonly number[];
    readonly floats?: readonly number[];
    readonly vectors?: readonly number[];
  };
  /** The number of workgroups. */
  readonly groups: Groups;
}

export interface Kernel<G> {
  /** The dispatches that compute the op, in order. */
  dispatches(geometry: G): readonly Dispatch[];
  /** Elements of workspace. Default: none. */
  workspace?(geometry: G): number;
  /**
   * The inputs that the outputs may lie upon, in the order of the outputs. Where they do, the override `inPlace` is 1, and
   * the shader reads these inputs through the bindings of the outputs: a buffer cannot be bound twice.
   */
  readonly inPlace?: readonly number[];
  /** Packs or transforms filters, and only once as long as weights stay the same. */
  readonly prepack?: Prepack<G>;
}

export interface Prepack<G> {
  /** The inputs that it reads, counted from the last, which is -1. */
  readonly weights: readonly number[];
  /** Elements of the packed filters; 0 where this geometry has none. */
  length(geometry: G): number;
  dispatches(geometry: G): readonly Dispatch[];
}

/** Kernels by op, for the ops named in `K`. */
export type KernelsOf<K extends OpName> = { readonly [P in K]: Kernel<Geometries[P]> };

/** The invocations of a workgroup where nothing else is said, `WORKGROUP` in parts/grid.wgsl. */
export const WORKGROUP = 256;

/** What WebGPU guarantees for one dimension of a dispatch. */
const MOST_GROUPS = 65535;

/** `count` workgroups, laid in rows where they are more than one dimension holds; parts/grid.wgsl numbers them. */
export function rows(count: number): Groups {
  const y = Math.ceil(count / MOST_GROUPS);
  invariant(y <= MOST_GROUPS, `${count} workgroups`);
  return [Math.ceil(count / y), y, 1];
}

/** Workgroups with an invocation for each of `count` elements; parts/grid.wgsl numbers them. */
export function invocations(count: number): Groups {
  return rows(Math.ceil(count / WORKGROUP));
}
