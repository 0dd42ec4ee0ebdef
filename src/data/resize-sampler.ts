/** The sampling strategy 'resize': every image becomes one sample, brought to a square. */
import { defined } from '../base/defaults.js';
import { InputError } from '../base/errors.js';
import { padMask, scaledMask } from '../image/frame.js';
import { frameOf, type Preprocessing, prepareImage } from '../image/prepare.js';
import type { Sampler } from './dataset.js';
import { requireScaled } from './scaled.js';
import { countVanished } from './vanished.js';

export interface ResizeSamplerOptions extends Pick<Preprocessing, 'normalisation' | 'fit' | 'plane' | 'neighbours'> {
  readonly size: number;
}

/**
 * Makes samples of `size` x `size` pixels, stretched or padded as `fit` says. An image of that size stays as it is.
 * @throws InputError unless `size` is a whole number of pixels
 */
export function resizeSampler(options: ResizeSamplerOptions): Sampler {
  const { normalisation, size, fit = 'stretch', plane, neighbours } = options;
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`size must be a whole number of pixels, at least 1, found ${size}`);
  }
  // As models were stored before there was a choice.
  const preprocessing: Preprocessing = {
    normalisation,
    size,
    ...(fit !== 'stretch' && { fit }),
    ...defined({ plane, neighbours }),
  };
  return {
    kind: 'resize',
    preprocessing,
    size,
    sample(name, { image, mask }, channels) {
      requireScaled(name, image, normalisation);
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
