/** The complete table of WebAssembly kernels: TypeScript names what is missing. */
import { type ActivationExports, activation } from './activation.js';
import { type ConvolutionExports, convolution } from './convolution.js';
import type { KernelsOf } from './kernel.js';
import { type TransposedExports, transposed } from './transposed.js';

export type Exports = ConvolutionExports & TransposedExports & ActivationExports;

export const kernels = {
  ...convolution,
  ...transposed,
  ...activation,
} satisfies Partial<KernelsOf<'relu', Exports>>;
