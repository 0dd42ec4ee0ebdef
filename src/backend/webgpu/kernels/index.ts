/** The table of all WebGPU kernels: TypeScript names what is missing. */
import { invariant } from '../../../base/errors.js';
import type { Node } from '../../../graph/graph.js';
import type { OpName } from '../../../ops/index.js';
import type { Packings } from '../../filters.js';
import { ALIGNMENT } from '../buffers.js';
import type { Kernel, KernelsOf } from '../kernel.js';
import { activation } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { concatenation } from './concatenation.js';
import { convolution } from './convolution.js';
import { crossEntropy } from './cross-entropy.js';
import { dropout } from './dropout.js';
import { lovasz } from './lovasz.js';
import { normalisation } from './normalisation.js';
import { optimizer } from './optimizer.js';
import { pooling } from './pooling.js';
import { transposed } from './transposed.js';
import { tversky } from './tversky.js';
import { upsampling } from './upsampling.js';

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
  ...pooling,
  ...transposed,
  ...tversky,
  ...upsampling,
} satisfies KernelsOf<OpName>;

/** The kernel of a node's op. */
export function kernelOf({ op }: Node): Kernel<unknown> {
  const kernel = (kernels as unknown as Record<string, Kernel<unknown>>)[op.name];
  invariant(kernel, `the WebGPU backend has no kernel ${op.name}`);
  return kernel;
}

/** How the kernels pack their filters. */
export const packings: Packings = { of: (node) => kernelOf(node).prepack, alignment: ALIGNMENT };
