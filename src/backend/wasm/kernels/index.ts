/** The complete table of WebAssembly kernels: TypeScript names what is missing. */
import { invariant } from '../../../base/errors.js';
import type { Node } from '../../../graph/graph.js';
import type { OpName } from '../../../ops/index.js';
import type { Packings } from '../../filters.js';
import type { Kernel, KernelsOf } from '../kernel.js';
import { ALIGNMENT } from '../memory.js';
import { type ActivationExports, activation } from './activation.js';
import { type ArithmeticExports, arithmetic } from './arithmetic.js';
import { type ConcatenationExports, concatenation } from './concatenation.js';
import { type ConvolutionExports, convolution } from './convolution.js';
import { type CrossEntropyExports, crossEntropy } from './cross-entropy.js';
import { type DropoutExports, dropout } from './dropout.js';
import { type LovaszExports, lovasz } from './lovasz.js';
import { type NormalisationExports, normalisation } from './normalisation.js';
import { type OptimizerExports, optimizer } from './optimizer.js';
import { type PoolingExports, pooling } from './pooling.js';
import { type TransposedExports, transposed } from './transposed.js';
import { type TverskyExports, tversky } from './tversky.js';
import { type UpsamplingExports, upsampling } from './upsampling.js';

/** What the module exports for the kernels. */
export type Exports = ActivationExports &
  ArithmeticExports &
  ConcatenationExports &
  ConvolutionExports &
  CrossEntropyExports &
  DropoutExports &
  LovaszExports &
  NormalisationExports &
  OptimizerExports &
  TverskyExports &
  PoolingExports &
  TransposedExports &
  UpsamplingExports;

export const kernels = {
  ...activation,
  ...arithmetic,
  ...concatenation,
  ...convolution,
  ...crossEntropy,
  ...dropout,
  ...lovasz,
  ...normalisation,
  ...optimizer,
  ...tversky,
  ...pooling,
  ...transposed,
  ...upsampling,
} satisfies KernelsOf<OpName, Exports>;

/** The kernel of a node's op. */
export function kernelOf(node: Node): Kernel<unknown, Exports> {
  return kernelNamed(node.op.name);
}

/** The kernel of the op of this name. */
export function kernelNamed(op: string): Kernel<unknown, Exports> {
  const kernel = (kernels as unknown as Record<string, Kernel<unknown, Exports>>)[op];
  invariant(kernel, `the wasm backend has no kernel ${op}`);
  return kernel;
}

/** How the kernels pack their filters. */
export const packings: Packings = { of: (node) => kernelOf(node).prepack, alignment: ALIGNMENT };
