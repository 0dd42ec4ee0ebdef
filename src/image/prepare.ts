/** From an image as it is stored to what a network reads. */

import { toChannels } from './channels.js';
import type { Image } from './image.js';
import { type Normalisation, normalise } from './normalise.js';
import { resizeImage } from './resize.js';

/** How images become what a network reads; a model keeps it, and its file too. */
export interface Preprocessing {
  /** How the values of an image are brought to the range that the network was trained on. */
  readonly normalisation: Normalisation;
  /** Width and height that images are resized to, those of the training; absent: an image keeps its own. */
  readonly size?: number;
}

/** What a network wants to see. */
export interface InputFormat {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly normalisation: Normalisation;
}

/**
 * The image as a network sees it: its channels (see `toChannels`), its values normalised, its size (the aspect ratio is not
 * kept). Training and prediction both go through here, so that a model sees the same numbers in both.
 */
export function prepareImage(
  image: Image,
  { channels, width, height, normalisation }: InputFormat,
): Image<Float32Array> {
  return resizeImage(normalise(toChannels(image, channels), normalisation), width, height);
}
