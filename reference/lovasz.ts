/** The Lovász extension of the Jaccard loss, by sorting the errors; src/ops/lovasz.ts has the source. */
import type { LovaszGeometry } from '../src/ops/lovasz.js';
import type { Kernel, Values } from './kernel.js';
import { others, pixel, throughSoftmax, writePixel } from './segmentation.js';

/** (logits, target) -> [mean over images of the Lovász hinge, or of the Lovász-softmax]. */
export const lovasz: Kernel<LovaszGeometry> = (geometry, [logits, target], [loss]) => {
  let mean = 0;
  for (let n = 0; n < geometry.batch; n++) {
    for (const { weight, errors, increments } of surfaces(geometry, n, logits, target)) {
      errors.forEach((error, i) => {
        mean += (weight * Math.max(error, 0) * increments[i]) / geometry.batch;
      });
    }
  }
  loss[0] = mean;
};

/** (logits, target, dloss) -> dlogits. */
export const lovaszGrad: Kernel<LovaszGeometry> = (geometry, [logits, target, dloss], [dlogits]) => {
  const { batch, positions, classes } = geometry;
  for (let n = 0; n < batch; n++) {
    const all = surfaces(geometry, n, logits, target);
    for (let i = 0; i < positions; i++) {
      const at = n * positions + i;
      const slopes = new Float64Array(Math.max(classes, 2));
      for (const { of, weight, errors, increments } of all) {
        // Errors of the foreground fall with the logit or the probability, the others rise.
        const slope = errors[i] > 0 ? increments[i] : 0;
        slopes[of] = (dloss[0] * weight * (target[at] === of ? -slope : slope)) / batch;
      }
      writePixel(
        dlogits,
        at,
        classes,
        classes === 1 ? slopes : throughSoftmax(pixel(logits, at, classes).probs, slopes),
      );
    }
  }
};

/** The loss of one class in one image: the sum of weight x error x increment over the positive errors. */
interface Surface {
  /** The class. */
  readonly of: number;
  /** The weight of the class in the mean. */
  readonly weight: number;
  /** The error of each pixel. */
  readonly errors: Float64Array;
  /** How much the loss grows with the error of each pixel. */
  readonly increments: Float64Array;
}

/** The surface of the foreground in image `n`, or that of each class that is present there. */
function surfaces({ positions, classes, classWeights }: LovaszGeometry, n: number, logits: Values, target: Values) {
  const labels = target.subarray(n * positions, (n + 1) * positions);
  const surface = (of: number, weight: number, error: (at: number, label: number) => number): Surface => {
    const errors = Float64Array.from(labels, (label, i) => error(n * positions + i, label));
    return { of, weight, errors, increments: increments(errors, labels, of) };
  };
  if (classes === 1) return [surface(1, 1, (at, label) => (label === 1 ? 1 - logits[at] : 1 + logits[at]))];
  const present = classWeights.map((weight, k) => (labels.includes(k) ? weight : 0));
  const sum = present.reduce((a, b) => a + b, 0);
  return present.flatMap((weight, k): Surface[] => {
    if (weight === 0) return [];
    return [
      surface(k, weight / sum, (at, label) => {
        const { probs } = pixel(logits, at, classes);
        return label === k ? others(probs, k) : probs[k];
      }),
    ];
  });
}

/**
 * By how much the Jaccard loss of class `of`, (missed + wrong) / (all of the class + wrong), grows as pixels become wrong
 * one after the other, those of the largest error first: the gradient of the Lovász extension (algorithm 1).
 */
function increments(errors: Float64Array, labels: Values, of: number): Float64Array {
  const order = [...errors.keys()].sort((a, b) => errors[b] - errors[a]);
  const all = labels.filter((label) => label === of).length;
  const result = new Float64Array(errors.length);
  let missed = 0;
  let wrong = 0;
  let before = 0;
  for (const i of order) {
    if (labels[i] === of) missed++;
    else wrong++;
    const jaccard = (missed + wrong) / (all + wrong);
    result[i] = jaccard - before;
    before = jaccard;
  }
  return result;
}
