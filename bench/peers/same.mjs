/** A peer that computes something else is no peer. */

/** Largest difference of a logit, relative to the largest of its head. */
const TOLERANCE = 1e-4;

/** Largest difference of a loss, relative to it, after a step or two. */
const LOSS_TOLERANCE = 1e-3;

/** @throws Error where logits, head by head, are not the same */
export function checkLogits(name, actual, expected) {
  expected.forEach((logits, k) => {
    const scale = logits.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const error = logits.reduce((most, x, i) => Math.max(most, Math.abs(x - actual[k][i])), 0);
    if (error <= TOLERANCE * scale) return;
    throw new Error(`${name}: head ${k + 1} differs by ${error}, more than ${TOLERANCE} of ${scale}`);
  });
}

/** @throws Error where the losses of a step are not the same */
export function checkLoss(name, actual, expected) {
  if (Math.abs(actual - expected) <= LOSS_TOLERANCE * expected) return;
  throw new Error(`${name}: the loss is ${actual}, and should be ${expected}`);
}
