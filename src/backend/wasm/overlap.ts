/** The losses of Dice and Tversky; see assembly/overlap.ts and overlap-classes.ts. */
import type { OverlapGeometry } from '../../ops/overlap.js';
import type { KernelsOf } from './kernel.js';
import { type LossExports, lossBinding } from './loss-binding.js';

export type OverlapExports = LossExports<'overlap'>;

export const overlap: KernelsOf<'overlap' | 'overlapGrad', OverlapExports> = lossBinding('overlap', {
  binary: ({ batch, positions, alpha, beta, squared }: OverlapGeometry) => [batch, positions, alpha, beta, squared],
  classes: ({ batch, positions, classes, alpha, beta, squared }) => [batch, positions, classes, alpha, beta, squared],
  // The sums of hits and misses of each class.
  workspace: ({ classes }) => (classes === 1 ? 0 : 8 * classes),
});
