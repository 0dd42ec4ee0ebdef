/**
 * The hybrid loss from logits: 0.5 cross-entropy, mean over pixels, + 1 - Dice, mean over images (and classes); see
 * src/ops/loss.ts. With S the sum of p + t over an image and M, the misses, the sum of p (1 - t) + (1 - p) t,
 *
 *     1 - Dice = 1 - (2 I + 1) / (S + 1) = M / (S + 1),
 *
 * which keeps its digits where a confident network lets Dice round to 1. For the same reason 1 - p is never taken as a
 * difference of rounded numbers. Sums over pixels are float64.
 */
import { loadPadded, loadPart, storePart, sumLanes64, widen } from './lanes';
import { exp, log1p } from './math';

/** 1 - Dice of one image (and class). */
export function diceLoss(misses: v128, size: v128): f64 {
  return sumLanes64(misses) / (sumLanes64(size) + 1);
}

/** Its derivative by p is `baseSlope` + `hitSlope` t. */
export function baseSlope(misses: v128, size: v128): f64 {
  return (1 - diceLoss(misses, size)) / (sumLanes64(size) + 1);
}

export function hitSlope(size: v128): f64 {
  return -2 / (sumLanes64(size) + 1);
}

/** exp(-|z|), which cannot overflow. */
function decay(z: v128): v128 {
  return exp(f32x4.neg(f32x4.abs(z)));
}

/** The smaller of p = sigmoid(z) and 1 - p, negative where it is 1 - p; `tail` = exp(-|z|). */
function minority(z: v128, tail: v128): v128 {
  const small = f32x4.div(tail, f32x4.add(f32x4.splat(1), tail));
  return v128.bitselect(small, f32x4.neg(small), f32x4.lt(z, f32x4.splat(0)));
}

/** p. A shift spreads the sign bit, because -0 counts as negative here. */
function likely(minority: v128): v128 {
  return v128.bitselect(f32x4.add(f32x4.splat(1), minority), minority, i32x4.shr_s(minority, 31));
}

/** 1 - p. */
function unlikely(minority: v128): v128 {
  return likely(f32x4.neg(minority));
}

/** -t ln p - (1 - t) ln(1 - p) = max(z, 0) - z t + ln(1 + exp(-|z|)). */
function crossEntropy(z: v128, t: v128, tail: v128): v128 {
  return f32x4.add(f32x4.sub(f32x4.pmax(z, f32x4.splat(0)), f32x4.mul(z, t)), log1p(tail));
}

/** p (1 - t) + (1 - p) t. */
function missed(p: v128, q: v128, t: v128): v128 {
  return f32x4.add(f32x4.mul(p, f32x4.sub(f32x4.splat(1), t)), f32x4.mul(q, t));
}

/** So low a logit that, with target 0, its probability and its cross-entropy are exactly 0: it fills a tail. */
function nothing(): v128 {
  return f32x4.splat(-1000);
}

/** loss [1] of logits and target [batch, positions]. */
export function bceDice(batch: i32, positions: i32, logits: usize, target: usize, loss: usize): void {
  const image = (<usize>positions) << 2;
  let entropy = f64x2.splat(0);
  let dice: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image, target += image) {
    let misses = f64x2.splat(0);
    let size = f64x2.splat(0);
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const z = loadPadded(logits + i, rest, nothing());
      const t = loadPart(target + i, rest);
      const tail = decay(z);
      const small = minority(z, tail);
      const p = likely(small);
      entropy = f64x2.add(entropy, widen(crossEntropy(z, t, tail)));
      misses = f64x2.add(misses, widen(missed(p, unlikely(small), t)));
      size = f64x2.add(size, widen(f32x4.add(p, t)));
    }
    dice += diceLoss(misses, size);
  }
  store<f32>(loss, <f32>((0.5 * sumLanes64(entropy)) / positions / batch + dice / batch));
}

/** dlogits [batch, positions] of logits, target and the gradient dloss [1] of the loss. */
export function bceDiceGrad(
  batch: i32,
  positions: i32,
  logits: usize,
  target: usize,
  dloss: usize,
  dlogits: usize,
): void {
  const image = (<usize>positions) << 2;
  const upstream = <f64>load<f32>(dloss) / batch;
  const entropySlope = f32x4.splat(<f32>((0.5 * upstream) / positions));
  for (let n = 0; n < batch; n++, logits += image, target += image, dlogits += image) {
    // the probabilities wait in dlogits until the sums are known
    let misses = f64x2.splat(0);
    let size = f64x2.splat(0);
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const z = loadPadded(logits + i, rest, nothing());
      const t = loadPart(target + i, rest);
      const small = minority(z, decay(z));
      const p = likely(small);
      misses = f64x2.add(misses, widen(missed(p, unlikely(small), t)));
      size = f64x2.add(size, widen(f32x4.add(p, t)));
      storePart(dlogits + i, small, rest);
    }
    const base = f32x4.splat(<f32>(upstream * baseSlope(misses, size)));
    const hit = f32x4.splat(<f32>(upstream * hitSlope(size)));
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const small = loadPart(dlogits + i, rest);
      const t = loadPart(target + i, rest);
      const p = likely(small);
      const q = unlikely(small);
      // p - t, and dp/dz = p (1 - p)
      const error = f32x4.sub(f32x4.mul(p, f32x4.sub(f32x4.splat(1), t)), f32x4.mul(q, t));
      const dice = f32x4.mul(f32x4.mul(p, q), f32x4.add(base, f32x4.mul(hit, t)));
      storePart(dlogits + i, f32x4.add(f32x4.mul(entropySlope, error), dice), rest);
    }
  }
}
