/** The softmax of a pixel. A single logit z counts as two, those of background and foreground: 0 and z. */
import type { Values } from './kernel.js';

export interface Pixel {
  /** The probability of each class. */
  readonly probs: Float64Array;
  /** The logarithms of the probabilities. */
  readonly logProbs: Float64Array;
}

export function pixel(logits: Values, i: number, classes: number): Pixel {
  const row = classes === 1 ? [0, logits[i]] : [...logits.subarray(i * classes, (i + 1) * classes)];
  const largest = Math.max(...row);
  const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  const logProbs = Float64Array.from(row, (x) => x - logSum);
  return { probs: logProbs.map(Math.exp), logProbs };
}

/** The probability of all classes but `label`: 1 - p with all its digits. */
export function others(probs: Float64Array, label: number): number {
  return probs.reduce((sum, p, k) => (k === label ? sum : sum + p), 0);
}

/** The derivative by the logits, from that by the probabilities. */
export function throughSoftmax(probs: Float64Array, slopes: Float64Array): Float64Array {
  const mean = probs.reduce((sum, p, k) => sum + p * slopes[k], 0);
  return probs.map((p, k) => p * (slopes[k] - mean));
}

/** Writes the derivative by the logits of pixel `i`. */
export function writePixel(dlogits: Values, i: number, classes: number, gradient: Float64Array): void {
  dlogits.set(classes === 1 ? gradient.subarray(1) : gradient, i * classes);
}
