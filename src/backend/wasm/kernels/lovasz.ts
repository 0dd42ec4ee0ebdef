/** The Lovász hinge and the Lovász-softmax; see assembly/lovasz.ts and lovasz-classes.ts. */
import type { LovaszGeometry } from '../../../ops/lovasz.js';
import type { KernelsOf } from '../kernel.js';
import { type LossExports, lossBinding } from './loss-binding.js';

export type LovaszExports = LossExports<'lovasz'>;

export const lovasz: KernelsOf<'lovasz' | 'lovaszGrad', LovaszExports> = lossBinding('lovasz', {
  binary: ({ batch, positions }: LovaszGeometry) => [batch, positions],
  classes: ({ batch, positions, classes }) => [batch, positions, classes],
  // A plane for each class; sorting takes 4 x positions + 256 elements.
  workspace: ({ positions, classes }) => (classes + 4) * positions + 256,
});
