/** Predictions brought from the network's size to that of their image, a band of rows at a time. */
import type { Image } from '../image/image.js';
import { resizedBands } from '../image/resize.js';
import { type Prediction, toMask } from './prediction.js';

/** The rows of a band: few enough that what is computed of a band is small beside the image. */
const ROWS = 256;

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes a prediction to another size, bilinear, averaged where it shrinks, and gives the result from top to bottom: each
 * band is a prediction of the image's width and of a few rows.
 */
export function* atSize(prediction: Prediction, { width, height }: Size): Generator<Prediction, void, void> {
  const { classes, probs } = prediction;
  const image = { width: prediction.width, height: prediction.height, channels: classes, data: probs };
  for (const band of resizedBands(image, width, height, ROWS)) {
    yield { width, height: band.height, classes, probs: band.data };
  }
}

/** Puts bands together to the prediction of the whole image. */
export function joined(bands: Iterable<Prediction>, { width, height }: Size, classes: number): Prediction {
  const probs = new Float32Array(width * height * classes);
  let at = 0;
  for (const band of bands) {
    probs.set(band.probs, at);
    at += band.probs.length;
  }
  return { width, height, classes, probs };
}

/** Makes a mask as `toMask` does of the whole image. */
export function maskOf(bands: Iterable<Prediction>, { width, height }: Size, threshold: number): Image<Uint8Array> {
  const data = new Uint8Array(width * height);
  let at = 0;
  for (const band of bands) {
    const mask = toMask(band, threshold);
    data.set(mask.data, at);
    at += mask.data.length;
  }
  return { width, height, channels: 1, data };
}
