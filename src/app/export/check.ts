/** How far an export is from its model: the image that both are run on, and the difference of their answers. */
import { invariant } from '../../base/errors.js';
import { seedKey } from '../../base/random.js';
import { renderPhantom } from '../../data/phantom/phantom.js';
import type { Size } from '../../image/frame.js';
import type { Image } from '../../image/image.js';

/** The seed of the phantom that exports are tried on. */
const SEED = 1;

/** A slice of the phantom with the size and the channels of a network; channel k is the slice moved by k columns. */
export function testImage({ width, height }: Size, channels: number): Image<Uint8Array> {
  const size = Math.max(width, height);
  const { image } = renderPhantom(seedKey(SEED), size);
  const data = Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const x = ((pixel % width) + (at % channels)) % width;
    return image.data[Math.floor(pixel / width) * size + x]!;
  });
  return { width, height, channels, data };
}

interface Probabilities {
  readonly probs: ArrayLike<number>;
}

/** The largest difference of a probability. */
export function largestDifference({ probs: a }: Probabilities, { probs: b }: Probabilities): number {
  invariant(a.length === b.length, `${a.length} probabilities against ${b.length}`);
  let largest = 0;
  for (let k = 0; k < a.length; k++) {
    const difference = Math.abs(a[k]! - b[k]!);
    // NaN is no agreement.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
