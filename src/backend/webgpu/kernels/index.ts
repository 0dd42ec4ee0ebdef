/** The table of all WebGPU kernels: TypeScript names what is missing. */
import { invariant } from '../../../base/errors.js';
import type { Node } from '../../../graph/graph.js';
import type { Packings } from '../../filters.js';
import { ALIGNMENT } from '../buffers.js';
import type { Kernel } from '../kernel.js';
import { activation } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { crossEntropy } from './cross-entropy.js';
import { lovasz } from './lovasz.js';
import { tversky } from './tversky.js';

export const kernels = {
  ...activation,
  ...arithmetic,
  ...crossEntropy,
  ...lovasz,
  ...tversky,
};

/** The kernel of a node's op. */
export function kernelOf({ op }: Node): Kernel<unknown> {
  const kernel = (kernels as unknown as Record<string, Kernel<unknown>>)[op.name];
  invariant(kernel, `the WebGPU backend has no kernel ${op.name}`);
  return kernel;
}

/** How the kernels pack their filters. */
export const packings: Packings = { of: (node) => kernelOf(node).prepack, alignment: ALIGNMENT };
