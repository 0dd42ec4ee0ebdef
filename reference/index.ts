/** The table of all reference kernels: TypeScript names what is missing. */
import * as activation from './activation.js';
import * as arithmetic from './arithmetic.js';
import * as concatenation from './concatenation.js';
import * as convolution from './convolution.js';
import * as crossEntropy from './cross-entropy.js';
import * as dropout from './dropout.js';
import type { Kernels } from './kernel.js';
import * as lovasz from './lovasz.js';
import * as normalization from './normalization.js';
import * as optimizer from './optimizer.js';
import * as pooling from './pooling.js';
import * as transposed from './transposed.js';
import * as tversky from './tversky.js';
import * as upsampling from './upsampling.js';

export const kernels = {
  ...activation,
  ...arithmetic,
  ...concatenation,
  ...convolution,
  ...crossEntropy,
  ...dropout,
  ...lovasz,
  ...normalization,
  ...optimizer,
  ...tversky,
  ...pooling,
  ...transposed,
  ...upsampling,
} satisfies Kernels;
