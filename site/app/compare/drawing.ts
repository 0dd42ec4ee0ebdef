/** What a head draws over an image at a threshold, and what is said of it. */
import { confusionCounts, overlapScores } from '../../../src/evaluate/overlap.js';
import type { Size } from '../../../src/image/frame.js';
import type { Image } from '../../../src/image/image.js';
import { resizeMask } from '../../../src/image/resize.js';
import { toMask } from '../../../src/infer/prediction.js';
import { overlay, overlayClasses } from '../../../src/report/overlay.js';
import type { HeadView } from '../../engine/protocol.js';

/**
 * The mask that a head makes of an image; where there are several classes, the threshold plays no part.
 * @param shown the size at which the image is shown, where that is smaller than its own
 */
export function maskOf(view: HeadView, threshold: number, shown: Size = view): Image<Uint8Array> {
  const mask = toMask(view, threshold);
  const isOwnSize = mask.width === shown.width && mask.height === shown.height;
  return isOwnSize ? mask : resizeMask(mask, shown.width, shown.height);
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

/** The Dice of a mask of one class with the true one, of its size. */
export function diceWith(mask: Image<Uint8Array>, truth: Image<Uint8Array>): number {
  return overlapScores(confusionCounts(mask.data, truth.data, 1)).dice;
}
