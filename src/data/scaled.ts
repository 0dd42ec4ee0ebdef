/** Values that a network cannot begin with: Hounsfield units, say, taken as they are. */
import { InputError } from '../base/errors.js';
import type { Image } from '../image/image.js';
import type { Normalisation } from '../image/normalise.js';

/** The largest value of either sign that is taken as it is; values of mean 0 and deviation 1 stay far below. */
const MOST = 100;

/** @throws InputError that names the image, where fractional or signed numbers are to be taken as they are and are large */
export function requireScaled(name: string, { data }: Image, normalisation: Normalisation): void {
  if (normalisation !== 'range' || !(data instanceof Float32Array)) return;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least >= -MOST && greatest <= MOST) return;
  const found = `holds values from ${least} to ${greatest}, which normalisation range takes as they are`;
  throw new InputError(`${name}: ${found}; choose percentile, zscore or window:CENTRE,WIDTH with --normalise`);
}
