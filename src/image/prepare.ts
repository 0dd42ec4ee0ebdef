/** The preparation of images: from one as it is stored to what a network reads. */

import { toChannels } from './channels.js';
import type { Image } from './image.js';
import { type Normalisation, normalise } from './normalise.js';
import { resizeImage } from './resize.js';

/** How images become what a network reads. A model keeps it, and its file too. */
export interface Preprocessing {
  /** How the values of an image are brought to the range that the network was trained on. */
  readonly normalisation: Normalisation;
  /** The width and height that images are resized to, those of the training; where it is absent, images keep their size. */
  readonly size?: number;
}

/** What a network reads. */
export interface InputFormat {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly normalisation: Normalisation;
}

/**
 * Brings an image to the channels (see `toChannels`), the range of values and the size that a network reads; the aspect
 * ratio is not kept. Training and prediction both use this function, so that a model reads the same numbers in both.
 */
export function prepareImage(
  image: Image,
  { channels, width, height, normalisation }: InputFormat,
): Image<Float32Array> {
  return resizeImage(normalise(toChannels(image, channels), normalisation), width, height);
}
