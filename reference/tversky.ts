/** 1 - Dice and 1 - Tversky's index, from the sums over the pixels; src/ops/tversky.ts has the formula. */
import type { TverskyGeometry } from '../src/ops/tversky.js';
import type { Kernel, Values } from './kernel.js';
import { others, pixel, throughSoftmax, writePixel } from './segmentation.js';

/** Added to both sides of the fraction, so that it is 1, and not 0/0, where nothing is there and nothing is found. */
const SMOOTH = 1;

/** (logits, target) -> [mean over images and classes of 1 - index]. */
export const tversky: Kernel<TverskyGeometry> = (geometry, [logits, target], [loss]) => {
  const { batch, classWeights } = geometry;
  let mean = 0;
  for (let n = 0; n < batch; n++) {
    const { hits, misses } = sums(geometry, n, logits, target);
    classWeights.forEach((weight, k) => {
      const index = (hits[k] + SMOOTH) / (hits[k] + misses[k] + SMOOTH);
      mean += (weight * (1 - index)) / batch;
    });
  }
  loss[0] = mean;
};

/** (logits, target, dloss) -> dlogits. */
export const tverskyGrad: Kernel<TverskyGeometry> = (geometry, [logits, target, dloss], [dlogits]) => {
  const { batch, positions, classes, classWeights } = geometry;
  for (let n = 0; n < batch; n++) {
    const { hits, misses } = sums(geometry, n, logits, target);
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      const { probs } = pixel(logits, i, classes);
      const slopes = new Float64Array(probs.length);
      for (const [k, weight] of classWeights.entries()) {
        const c = counted(classes, k);
        const total = hits[k] + misses[k] + SMOOTH;
        const { hit, miss } = pixelSlopes(geometry, probs, c, target[i]);
        // The derivative of 1 - (hits + smooth) / total.
        const slope = ((hits[k] + SMOOTH) * (hit + miss)) / total ** 2 - hit / total;
        slopes[c] = (dloss[0] * weight * slope) / batch;
      }
      writePixel(dlogits, i, classes, throughSoftmax(probs, slopes));
    }
  }
};

/** 2 TP, and 2 alpha FP + 2 beta FN, of each class in image `n`. */
function sums(geometry: TverskyGeometry, n: number, logits: Values, target: Values) {
  const { positions, classes, alpha, beta, squared, classWeights } = geometry;
  const hits = new Float64Array(classWeights.length);
  const misses = new Float64Array(classWeights.length);
  for (let i = n * positions; i < (n + 1) * positions; i++) {
    const { probs } = pixel(logits, i, classes);
    for (const k of classWeights.keys()) {
      const c = counted(classes, k);
      const [p, q] = [probs[c], others(probs, c)];
      if (target[i] === c) {
        hits[k] += 2 * p;
        misses[k] += 2 * beta * (squared ? q * q : q);
      } else {
        misses[k] += 2 * alpha * (squared ? p * p : p);
      }
    }
  }
  return { hits, misses };
}

/** The derivatives of what a pixel adds to hits and misses of class `c`, by its probability. */
function pixelSlopes({ alpha, beta, squared }: TverskyGeometry, probs: Float64Array, c: number, label: number) {
  if (label === c) return { hit: 2, miss: -2 * beta * (squared ? 2 * others(probs, c) : 1) };
  return { hit: 0, miss: 2 * alpha * (squared ? 2 * probs[c] : 1) };
}

/** The class that sum `k` is of: with a single logit the foreground alone counts. */
function counted(classes: number, k: number): number {
  return classes === 1 ? 1 : k;
}
