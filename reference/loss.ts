import type { LossGeometry } from '../src/ops/loss.js';
import type { Kernel, Values } from './kernel.js';

/** Added to both sides of the Dice fraction, so that it is 1, and not 0/0, where nothing is there and nothing is found. */
const SMOOTH = 1;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** (logits, target) -> [0.5 cross-entropy, mean over all pixels, + mean over images of 1 - Dice]. */
export const bceDice: Kernel<LossGeometry> = ({ batch, positions }, [logits, target], [loss]) => {
  let crossEntropy = 0;
  let dice = 0;
  for (let n = 0; n < batch; n++) {
    let intersection = 0;
    let total = 0;
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      const x = logits[i];
      const y = target[i];
      // log(1 + exp(x)) - x y, written so that exp cannot overflow.
      crossEntropy += Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x)));
      intersection += sigmoid(x) * y;
      total += sigmoid(x) + y;
    }
    dice += (2 * intersection + SMOOTH) / (total + SMOOTH);
  }
  loss[0] = (0.5 * crossEntropy) / (batch * positions) + 1 - dice / batch;
};

/** (logits, target, dloss) -> dlogits. */
export const bceDiceGrad: Kernel<LossGeometry> = ({ batch, positions }, [logits, target, dloss], [dlogits]) => {
  for (let n = 0; n < batch; n++) {
    let intersection = 0;
    let total = 0;
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      intersection += sigmoid(logits[i]) * target[i];
      total += sigmoid(logits[i]) + target[i];
    }
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      const p = sigmoid(logits[i]);
      const y = target[i];
      const crossEntropy = (0.5 * (p - y)) / (batch * positions);
      const dice = (diceSlope(y, intersection, total) * p * (1 - p)) / batch;
      dlogits[i] = dloss[0] * (crossEntropy - dice);
    }
  }
};

/**
 * (logits, labels) -> [0.5 cross-entropy of the softmax, mean over all pixels, + mean over images and classes of
 * 1 - Dice].
 */
export const ceDice: Kernel<LossGeometry> = ({ batch, positions, classes }, [logits, labels], [loss]) => {
  let crossEntropy = 0;
  let dice = 0;
  for (let n = 0; n < batch; n++) {
    const intersection = new Float64Array(classes);
    const total = new Float64Array(classes);
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      const { probs, logSum } = softmax(logits, i, classes);
      crossEntropy += logSum - logits[i * classes + labels[i]];
      addPixel(probs, labels[i], intersection, total);
    }
    for (let k = 0; k < classes; k++) dice += (2 * intersection[k] + SMOOTH) / (total[k] + SMOOTH);
  }
  loss[0] = (0.5 * crossEntropy) / (batch * positions) + 1 - dice / (batch * classes);
};

/** (logits, labels, dloss) -> dlogits. */
export const ceDiceGrad: Kernel<LossGeometry> = ({ batch, positions, classes }, [logits, labels, dloss], [dlogits]) => {
  for (let n = 0; n < batch; n++) {
    const intersection = new Float64Array(classes);
    const total = new Float64Array(classes);
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      addPixel(softmax(logits, i, classes).probs, labels[i], intersection, total);
    }
    for (let i = n * positions; i < (n + 1) * positions; i++) {
      const { probs } = softmax(logits, i, classes);
      const slopes = probs.map((_, k) => diceSlope(labels[i] === k ? 1 : 0, intersection[k], total[k]));
      const meanSlope = slopes.reduce((sum, slope, k) => sum + slope * probs[k], 0);
      for (let k = 0; k < classes; k++) {
        const crossEntropy = (0.5 * (probs[k] - (labels[i] === k ? 1 : 0))) / (batch * positions);
        const dice = (probs[k] * (slopes[k] - meanSlope)) / (batch * classes);
        dlogits[i * classes + k] = dloss[0] * (crossEntropy - dice);
      }
    }
  }
};

/** The derivative of (2 I + smooth) / (S + smooth) by p, where p adds p y to the intersection I and p to the total S. */
function diceSlope(y: number, intersection: number, total: number): number {
  return (2 * y * (total + SMOOTH) - (2 * intersection + SMOOTH)) / (total + SMOOTH) ** 2;
}

/** The probabilities of pixel `i`, and the logarithm of the sum of exp(logits). */
function softmax(logits: Values, i: number, classes: number): { probs: Float64Array; logSum: number } {
  const row = Float64Array.from(logits.subarray(i * classes, (i + 1) * classes));
  const largest = Math.max(...row);
  const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  return { probs: row.map((x) => Math.exp(x - logSum)), logSum };
}

/** Adds a pixel to the intersection and the total of each class. */
function addPixel(probs: Float64Array, label: number, intersection: Float64Array, total: Float64Array): void {
  intersection[label] += probs[label];
  total[label] += 1;
  for (let k = 0; k < probs.length; k++) total[k] += probs[k];
}
