/** Cross-entropy with the modulation of the focal loss; src/ops/cross-entropy.ts has the formula. */
import type { CrossEntropyGeometry } from '../src/ops/cross-entropy.js';
import type { Kernel } from './kernel.js';
import { others, pixel, writePixel } from './segmentation.js';

/** (logits, target) -> [mean over all pixels of w (1 - p)^gamma (-ln p)]. */
export const crossEntropy: Kernel<CrossEntropyGeometry> = (geometry, [logits, target], [loss]) => {
  const { batch, positions, classes, gamma, classWeights } = geometry;
  let sum = 0;
  for (let i = 0; i < batch * positions; i++) {
    const { probs, logProbs } = pixel(logits, i, classes);
    const label = target[i];
    sum -= classWeights[label] * others(probs, label) ** gamma * logProbs[label];
  }
  loss[0] = sum / (batch * positions);
};

/** (logits, target, dloss) -> dlogits. */
export const crossEntropyGrad: Kernel<CrossEntropyGeometry> = (geometry, [logits, target, dloss], [dlogits]) => {
  const { batch, positions, classes, gamma, classWeights } = geometry;
  const scale = dloss[0] / (batch * positions);
  for (let i = 0; i < batch * positions; i++) {
    const { probs, logProbs } = pixel(logits, i, classes);
    const label = target[i];
    const q = others(probs, label);
    // By the logit of the true class; the others divide it as they divide 1 - p, as a shift of all changes nothing.
    const own = -(q ** gamma) * (q - gamma * probs[label] * logProbs[label]);
    const gradient = probs.map((p, k) => {
      const share = k === label ? 1 : q > 0 ? -p / q : 0;
      return scale * classWeights[label] * own * share;
    });
    writePixel(dlogits, i, classes, gradient);
  }
};
