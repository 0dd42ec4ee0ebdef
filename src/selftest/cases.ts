/**
 * One table of cases for every op, four uses: parity of the backends, the gradient check, the benchmark, and the
 * self-test, which runs it on the machine of a user. Adding an op means adding its cases here.
 */

import type { Case } from './case.js';
import { activations } from './cases/activation.js';
import { arithmetic } from './cases/arithmetic.js';
import { concatenation } from './cases/concatenation.js';
import { convolutions } from './cases/convolution.js';
import { crossEntropies } from './cases/cross-entropy.js';
import { dropouts } from './cases/dropout.js';
import { lovaszLosses } from './cases/lovasz.js';
import { normalisation } from './cases/normalisation.js';
import { optimizers } from './cases/optimizer.js';
import { pooling } from './cases/pooling.js';
import { transposedConvolutions } from './cases/transposed.js';
import { tverskyLosses } from './cases/tversky.js';
import { upsampling } from './cases/upsampling.js';

export const cases: readonly Case[] = [
  ...convolutions,
  ...transposedConvolutions,
  ...pooling,
  ...upsampling,
  ...normalisation,
  ...activations,
  ...dropouts,
  ...arithmetic,
  ...concatenation,
  ...crossEntropies,
  ...tverskyLosses,
  ...lovaszLosses,
  ...optimizers,
];
