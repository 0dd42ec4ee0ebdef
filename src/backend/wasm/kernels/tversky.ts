/** The losses of Dice and Tversky; see assembly/tversky.ts and tversky-classes.ts. */
import type { TverskyGeometry } from '../../../ops/tversky.js';
import type { KernelsOf } from '../kernel.js';
import { type LossExports, lossBinding } from './loss-binding.js';

export type TverskyExports = LossExports<'tversky'>;

export const tversky: KernelsOf<'tversky' | 'tverskyGrad', TverskyExports> = lossBinding('tversky', {
  binary: ({ batch, positions, alpha, beta, squared }: TverskyGeometry) => [batch, positions, alpha, beta, squared],
  classes: ({ batch, positions, classes, alpha, beta, squared }) => [batch, positions, classes, alpha, beta, squared],
  // The sums of hits and misses of each class.
  workspace: ({ classes }) => (classes === 1 ? 0 : 8 * classes),
});
