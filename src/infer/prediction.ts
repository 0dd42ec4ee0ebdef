/** The prediction for an image, and the one rule that makes a mask of it. */
import type { Image } from '../image/image.js';

/** The probability above which a pixel is foreground, where none was chosen. */
export const DEFAULT_THRESHOLD = 0.5;

export interface Prediction {
  readonly width: number;
  readonly height: number;
  /** 1 for the probability of the foreground; K >= 2 for the probabilities of K classes, which sum to 1. */
  readonly classes: number;
  /** The probabilities in the order HWC: `probs[(y * width + x) * classes + c]`. */
  readonly probs: Float32Array;
}

/**
 * Makes a mask of the class of each pixel. With one class it is 1 where the probability is above `threshold`, else 0;
 * with several it is the most probable one, the first among equals.
 */
export function toMask(prediction: Prediction, threshold = DEFAULT_THRESHOLD): Image<Uint8Array> {
  const { width, height, classes, probs } = prediction;
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    data[i] = classes === 1 ? Number(probs[i]! > threshold) : mostProbable(probs, i * classes, classes);
  }
  return { width, height, channels: 1, data };
}

function mostProbable(probs: Float32Array, at: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) if (probs[at + c]! > probs[at + best]!) best = c;
  return best;
}
