/** What a head draws over an image at a threshold, and what is said of it. */
import type { Image } from '../../../src/image/image.js';
import { toMask } from '../../../src/infer/prediction.js';
import { overlay, overlayClasses } from '../../../src/report/overlay.js';
import type { HeadView } from '../../engine/protocol.js';

/** The mask that a head makes of an image; where there are several classes, the threshold plays no part. */
export function maskOf(view: HeadView, threshold: number): Image<Uint8Array> {
  return toMask(view, threshold);
}

/**
 * Draws a mask over the image, each class in its colour.
 * @param image RGB, of the mask's size
 */
export function drawn(image: Image<Uint8Array>, mask: Image<Uint8Array>, classes: number): Image<Uint8Array> {
  return classes === 1 ? overlay(image, mask) : overlayClasses(image, mask);
}

/** The share of the pixels that a mask marks as anything but background. */
export function markedShare({ data }: Image<Uint8Array>): number {
  return data.reduce((sum, label) => sum + Number(label > 0), 0) / data.length;
}
