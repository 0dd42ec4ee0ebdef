/**
 * What a network is on a device without the library: kernels, a memory, and a flat list of calls for one size of image.
 * docs/edge.md describes how it is stored.
 */
import type { Shape } from '../../graph/shape.js';

/** The bytes of a page of WebAssembly's memory. */
export const PAGE_BYTES = 65536;

export interface EdgeProgram {
  /** A WebAssembly module: the functions that are called and no others, and its memory, which it exports as `memory`. */
  readonly kernels: Uint8Array;
  /** The functions that are called, in the order of their first call. */
  readonly functions: readonly EdgeFunction[];
  /** The memory in pages of 64 KB: weights, packed filters and all that is computed. */
  readonly pages: number;
  /** The parameters in the order in which they are unpacked. */
  readonly weights: readonly EdgeWeights[];
  /** The calls that pack filters, once. */
  readonly prepare: readonly EdgeCall[];
  /** The calls that compute an image. */
  readonly run: readonly EdgeCall[];
  /** Where the image is written before `run`: float32, [height,width,channels], as the network reads it. */
  readonly input: EdgeImage;
  /** Where the probabilities lie after `run`: float32, [height,width,classes]. */
  readonly output: EdgeImage;
}

export interface EdgeFunction {
  readonly name: string;
  /** The types of its parameters; it returns nothing. */
  readonly parameters: readonly ('i32' | 'f32' | 'f64')[];
}

/** Where a parameter is unpacked to, as float32 in the order of its shape (convolutions HWIO). */
export interface EdgeWeights {
  readonly name: string;
  readonly shape: Shape;
  /** Whether it is the filters of a convolution, of which the last axis counts the output channels. */
  readonly isFilter: boolean;
  /** In bytes. */
  readonly address: number;
  /**
   * The call of `prepare` before which it is unpacked. Filters that are only packed share one place in the memory, so
   * they come one after the other; the rest is unpacked before call 0.
   */
  readonly before: number;
}

/** A call of a kernel. */
export interface EdgeCall {
  /** The position in `functions`. */
  readonly function: number;
  /** Whole numbers, and of type f32 numbers that float32 holds exactly. */
  readonly args: readonly number[];
  /** What is written before the call. */
  readonly frames: readonly EdgeFrame[];
}

/** Words of 32 bits that a kernel reads beside its arguments. */
export interface EdgeFrame {
  /** In bytes. */
  readonly address: number;
  readonly words: readonly number[];
}

/** An image in the memory. */
export interface EdgeImage {
  /** In bytes. */
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
