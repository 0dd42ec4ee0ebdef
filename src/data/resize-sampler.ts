/** The sampling strategy 'resize': every image becomes one sample, resized to a square. */
import { InputError } from '../base/errors.js';
import { type Preprocessing, prepareImage } from '../image/prepare.js';
import { resizeMask } from '../image/resize.js';
import type { Sampler } from './dataset.js';
import { countVanished } from './vanished.js';

/**
 * Makes samples of `size` x `size` pixels; the aspect ratio is not kept. An image of that size stays as it is.
 * @throws InputError unless `size` is a whole number of pixels
 */
export function resizeSampler({ normalisation, size }: Preprocessing & { readonly size: number }): Sampler {
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`size must be a whole number of pixels, at least 1, found ${size}`);
  }
  return {
    kind: 'resize',
    preprocessing: { normalisation, size },
    size,
    sample(name, { image, mask }, channels) {
      const resized = resizeMask(mask, size, size);
      const vanished = countVanished(mask, resized);
      return {
        name,
        image: prepareImage(image, channels, { normalisation, size }),
        mask: resized,
        ...(vanished > 0 && { vanished }),
      };
    },
  };
}
