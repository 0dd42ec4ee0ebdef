/** Parameter updates, each output of which may be written over its input, and the norm of the gradients, which clips them. */
import { loadPart, storePart, sumLanes64, upper } from './lanes';

/**
 * v' = momentum v + (factor g + weightDecay p); p' = p - rate v'.
 *
 * @param rates [2]: rate, factor
 */
export function sgd(
  length: i32,
  momentum: f32,
  weightDecay: f32,
  p: usize,
  g: usize,
  v: usize,
  rates: usize,
  pNew: usize,
  vNew: usize,
): void {
  const mu = f32x4.splat(momentum);
  const decay = f32x4.splat(weightDecay);
  const speed = v128.load32_splat(rates);
  const factor = v128.load32_splat(rates, 4);
  for (; length > 0; length -= 4, p += 16, g += 16, v += 16, pNew += 16, vNew += 16) {
    const weight = loadPart(p, length);
    const gradient = f32x4.add(f32x4.mul(factor, loadPart(g, length)), f32x4.mul(decay, weight));
    const velocity = f32x4.add(f32x4.mul(mu, loadPart(v, length)), gradient);
    storePart(vNew, velocity, length);
    storePart(pNew, f32x4.sub(weight, f32x4.mul(speed, velocity)), length);
  }
}

/**
 * m' = beta1 m + (1 - beta1) g; v' = beta2 v + (1 - beta2) g^2; p' = p - rate c1 m' / (sqrt(v') c2 + epsilon).
 * First g is multiplied by `factor`; then the decay adds weightDecay p to it, or, decoupled, takes rate weightDecay p off p.
 *
 * @param rates [4]: rate, c1 = 1 / (1 - beta1^t), c2 = 1 / sqrt(1 - beta2^t), factor
 */
export function adam(
  length: i32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  weightDecay: f32,
  decoupled: bool,
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  rates: usize,
  pNew: usize,
  mNew: usize,
  vNew: usize,
): void {
  const keep1 = f32x4.splat(<f32>beta1);
  const keep2 = f32x4.splat(<f32>beta2);
  // in float64: 1 - 0.999 in float32 is wrong in the fifth digit
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const take2 = f32x4.splat(<f32>(1 - beta2));
  const rate = load<f32>(rates);
  const speed = f32x4.splat(rate * load<f32>(rates, 4));
  const correction = v128.load32_splat(rates, 8);
  const factor = v128.load32_splat(rates, 12);
  const floor = f32x4.splat(epsilon);
  const weightLoss = f32x4.splat(decoupled ? rate * weightDecay : 0);
  const gradientGain = f32x4.splat(decoupled ? 0 : weightDecay);
  for (; length > 0; length -= 4, p += 16, g += 16, m += 16, v += 16, pNew += 16, mNew += 16, vNew += 16) {
    const weight = loadPart(p, length);
    const gradient = f32x4.add(f32x4.mul(factor, loadPart(g, length)), f32x4.mul(gradientGain, weight));
    const first = f32x4.add(f32x4.mul(keep1, loadPart(m, length)), f32x4.mul(take1, gradient));
    const square = f32x4.mul(take2, f32x4.mul(gradient, gradient));
    const second = f32x4.add(f32x4.mul(keep2, loadPart(v, length)), square);
    const divisor = f32x4.add(f32x4.mul(f32x4.sqrt(second), correction), floor);
    const decayed = f32x4.sub(weight, f32x4.mul(weightLoss, weight));
    storePart(mNew, first, length);
    storePart(vNew, second, length);
    storePart(pNew, f32x4.sub(decayed, f32x4.div(f32x4.mul(speed, first), divisor)), length);
  }
}

/** y [1] = the Euclidean norm of x. Squares of float32 are exact in float64. */
export function norm(length: i32, x: usize, y: usize): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; length > 0; length -= 4, x += 16) {
    const four = loadPart(x, length);
    const a = f64x2.promote_low_f32x4(four);
    const b = f64x2.promote_low_f32x4(upper(four));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  store<f32>(y, <f32>sqrt(sumLanes64(f64x2.add(low, high))));
}

/**
 * clipped [length] = rates, the last one times min(1, limit / (norm + epsilon)), where norm is that of `norms` [count]. The
 * minimum with NaN is NaN.
 */
export function clipRates(
  count: i32,
  length: i32,
  limit: f64,
  epsilon: f64,
  norms: usize,
  rates: usize,
  clipped: usize,
): void {
  let sum: f64 = 0;
  for (; count > 0; count--, norms += 4) {
    const norm = <f64>load<f32>(norms);
    sum += norm * norm;
  }
  for (; length > 1; length--, rates += 4, clipped += 4) store<f32>(clipped, load<f32>(rates));
  store<f32>(clipped, <f32>(<f64>load<f32>(rates) * min<f64>(1, limit / (sqrt(sum) + epsilon))));
}

/** between = start + weight (end - start). */
export function lerp(length: i32, start: usize, end: usize, weight: usize, between: usize): void {
  const share = v128.load32_splat(weight);
  for (; length > 0; length -= 4, start += 16, end += 16, between += 16) {
    const a = loadPart(start, length);
    storePart(between, f32x4.add(a, f32x4.mul(share, f32x4.sub(loadPart(end, length), a))), length);
  }
}
