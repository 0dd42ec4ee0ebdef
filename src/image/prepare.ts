import type { Image } from '../base/image.js';
import { toChannels, toUnitRange } from './channels.js';
import { resizeImage } from './resize.js';

/** What a network wants to see. */
export interface InputFormat {
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
}

/**
 * An image as a network sees it: its channels, values in [0, 1], its size (the aspect ratio is not kept). Training and
 * prediction both go through here, so that a model sees the same numbers in both.
 */
export function prepareImage(image: Image, { channels, width, height }: InputFormat): Image<Float32Array> {
  return resizeImage(toUnitRange(toChannels(image, channels)), width, height);
}
