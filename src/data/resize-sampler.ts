/** The sampling strategy 'resize': every image becomes one sample, brought to a square. */
import { InputError } from '../base/errors.js';
import { padMask, scaledMask } from '../image/frame.js';
import { frameOf, type Preprocessing, prepareImage } from '../image/prepare.js';
import type { Sampler } from './dataset.js';
import { countVanished } from './vanished.js';

export interface ResizeSamplerOptions extends Pick<Preprocessing, 'normalisation' | 'fit'> {
  readonly size: number;
}

/**
 * Makes samples of `size` x `size` pixels, stretched or padded as `fit` says. An image of that size stays as it is.
 * @throws InputError unless `size` is a whole number of pixels
 */
export function resizeSampler({ normalisation, size, fit = 'stretch' }: ResizeSamplerOptions): Sampler {
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`size must be a whole number of pixels, at least 1, found ${size}`);
  }
  // As models were stored before there was a choice.
  const preprocessing: Preprocessing = { normalisation, size, ...(fit !== 'stretch' && { fit }) };
  return {
    kind: 'resize',
    preprocessing,
    size,
    sample(name, { image, mask }, channels) {
      const frame = frameOf(image, preprocessing);
      const scaled = scaledMask(mask, frame);
      const vanished = countVanished(mask, scaled);
      return {
        name,
        image: prepareImage(image, channels, preprocessing),
        mask: padMask(scaled, frame),
        ...(vanished > 0 && { vanished }),
      };
    },
  };
}
