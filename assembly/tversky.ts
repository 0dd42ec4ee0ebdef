/**
 * 1 - the overlap of prediction and truth, from binary logits; see src/ops/tversky.ts. With H = 2 TP, the hits, and
 * M = 2 alpha FP + 2 beta FN, the misses,
 *
 *     1 - (H + 1) / (H + M + 1) = M / (H + M + 1),
 *
 * which keeps its digits where a confident network lets the index round to 1. Both are sums over pixels, in float64, of the
 * error |p - t| or its square, and of p where t is 1.
 */
import { expNegAbs, isForeground, likely, nothing, smallerProb, unlikely } from './binary';
import { loadPadded, loadPart, storePart, sumLanes64, widen } from './lanes';

/** 1 - the index of one image, or of one class in it. */
export function tverskyLoss(hits: f64, misses: f64): f64 {
  return misses / (hits + misses + 1);
}

/** The derivative of the loss by the misses. */
export function missSlope(hits: f64, misses: f64): f64 {
  return (1 - tverskyLoss(hits, misses)) / (hits + misses + 1);
}

/** The derivative of the loss by the hits. */
export function hitSlope(hits: f64, misses: f64): f64 {
  return -tverskyLoss(hits, misses) / (hits + misses + 1);
}

/** What a pixel of so large an error adds to the misses; `on` where it belongs to the foreground (the class). */
export function missed(error: v128, on: v128, alpha: f32, beta: f32, squared: bool): v128 {
  const factor = v128.bitselect(f32x4.splat(2 * beta), f32x4.splat(2 * alpha), on);
  return f32x4.mul(factor, squared ? f32x4.mul(error, error) : error);
}

/** The derivative of the loss by p; `byMiss` and `byHit` are that by the sums. */
export function pixelSlope(
  error: v128,
  on: v128,
  alpha: f32,
  beta: f32,
  squared: bool,
  byMiss: v128,
  byHit: v128,
): v128 {
  const factor = v128.bitselect(f32x4.splat(-2 * beta), f32x4.splat(2 * alpha), on);
  const rise = squared ? f32x4.mul(factor, f32x4.add(error, error)) : factor;
  return f32x4.add(f32x4.mul(byMiss, rise), v128.and(f32x4.add(byHit, byHit), on));
}

/** loss [1] of logits and target [batch, positions]. */
export function binaryTversky(
  batch: i32,
  positions: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  logits: usize,
  target: usize,
  loss: usize,
): void {
  const image = (<usize>positions) << 2;
  let sum: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image, target += image) {
    const sums = statistics(positions, alpha, beta, squared, logits, target, 0);
    sum += tverskyLoss(f64x2.extract_lane(sums, 0), f64x2.extract_lane(sums, 1));
  }
  store<f32>(loss, <f32>(sum / batch));
}

/** dlogits [batch, positions] of logits, target and the gradient dloss [1] of the loss. */
export function binaryTverskyGrad(
  batch: i32,
  positions: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  logits: usize,
  target: usize,
  dloss: usize,
  dlogits: usize,
): void {
  const image = (<usize>positions) << 2;
  const upstream = <f64>load<f32>(dloss) / batch;
  for (let n = 0; n < batch; n++, logits += image, target += image, dlogits += image) {
    // the probabilities wait in dlogits until the sums are known
    const sums = statistics(positions, alpha, beta, squared, logits, target, dlogits);
    const hits = f64x2.extract_lane(sums, 0);
    const misses = f64x2.extract_lane(sums, 1);
    const byMiss = f32x4.splat(<f32>(upstream * missSlope(hits, misses)));
    const byHit = f32x4.splat(<f32>(upstream * hitSlope(hits, misses)));
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const smaller = loadPart(dlogits + i, rest);
      const on = isForeground(loadPart(target + i, rest));
      const p = likely(smaller);
      const q = unlikely(smaller);
      const slope = pixelSlope(v128.bitselect(q, p, on), on, alpha, beta, squared, byMiss, byHit);
      // dp/dz = p (1 - p)
      storePart(dlogits + i, f32x4.mul(f32x4.mul(p, q), slope), rest);
    }
  }
}

/** H and M of an image, as the two lanes of one vector. Leaves the `smallerProb` of each pixel at `probs` unless that is 0. */
function statistics(
  positions: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  logits: usize,
  target: usize,
  probs: usize,
): v128 {
  let hits = f64x2.splat(0);
  let misses = f64x2.splat(0);
  for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
    const z = loadPadded(logits + i, rest, nothing());
    const on = isForeground(loadPart(target + i, rest));
    const smaller = smallerProb(z, expNegAbs(z));
    const p = likely(smaller);
    hits = f64x2.add(hits, widen(v128.and(p, on)));
    misses = f64x2.add(misses, widen(missed(v128.bitselect(unlikely(smaller), p, on), on, alpha, beta, squared)));
    if (probs) storePart(probs + i, smaller, rest);
  }
  return f64x2.replace_lane(f64x2.splat(2 * sumLanes64(hits)), 1, sumLanes64(misses));
}
