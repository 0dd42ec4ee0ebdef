/**
 * Probabilities of binary logits. 1 - p is never taken as a difference of rounded numbers: a confident network would lose
 * its digits. So p is held as `smallerProb`, the smaller of p and 1 - p, with a sign.
 */
import { exp } from './math';

/** exp(-|z|), which cannot overflow. */
export function expNegAbs(z: v128): v128 {
  return exp(f32x4.neg(f32x4.abs(z)));
}

/** The smaller of p = sigmoid(z) and 1 - p, negative where it is 1 - p; `tail` is exp(-|z|). */
export function smallerProb(z: v128, tail: v128): v128 {
  const small = f32x4.div(tail, f32x4.add(f32x4.splat(1), tail));
  return v128.bitselect(small, f32x4.neg(small), f32x4.lt(z, f32x4.splat(0)));
}

/** p, from its `smallerProb`. A shift spreads the sign bit, because -0 counts as negative here. */
export function likely(smaller: v128): v128 {
  return v128.bitselect(f32x4.add(f32x4.splat(1), smaller), smaller, i32x4.shr_s(smaller, 31));
}

/** 1 - p, from the `smallerProb` of p. */
export function unlikely(smaller: v128): v128 {
  return likely(f32x4.neg(smaller));
}

/** Where the target is the foreground. */
export function isForeground(target: v128): v128 {
  return f32x4.gt(target, f32x4.splat(0));
}

/** z of the foreground, -z of the background: positive where the pixel is right. */
export function margin(z: v128, foreground: v128): v128 {
  return v128.bitselect(z, f32x4.neg(z), foreground);
}

/** So low a logit that, in the background, its probability and its cross-entropy are exactly 0: it fills a tail. */
export function nothing(): v128 {
  return f32x4.splat(-1000);
}
