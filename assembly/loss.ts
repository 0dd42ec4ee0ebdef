/**
 * The hybrid loss from logits: 0.5 cross-entropy, mean over pixels, + 1 - Dice, mean over images (and classes); see
 * src/ops/loss.ts. Sums over pixels are kept in float64. Dice is (2 I + 1) / (S + 1), with I the sum of p t and S the
 * sum of p + t over an image.
 */
import { exponentials, transpose } from './activation';
import { loadPadded, loadPart, scatter, storePart, sumLanes64, widen } from './lanes';
import { exp, log, log1p } from './math';

/** The sigmoid of z, from `decay` = exp(-|z|), which cannot overflow. */
function probability(z: v128, decay: v128): v128 {
  const one = f32x4.splat(1);
  const numerator = v128.bitselect(decay, one, f32x4.lt(z, f32x4.splat(0)));
  return f32x4.div(numerator, f32x4.add(one, decay));
}

/** -t ln p - (1 - t) ln(1 - p) = max(z, 0) - z t + ln(1 + exp(-|z|)), with `decay` = exp(-|z|). */
function crossEntropy(z: v128, t: v128, decay: v128): v128 {
  return f32x4.add(f32x4.sub(f32x4.pmax(z, f32x4.splat(0)), f32x4.mul(z, t)), log1p(decay));
}

/** A logit of so sure a zero that, with target 0, its probability and its cross-entropy are exactly 0. */
function nothing(): v128 {
  return f32x4.splat(-1000);
}

/** Dice of one image (and class). */
function ratio(overlap: v128, size: v128): f64 {
  return (2 * sumLanes64(overlap) + 1) / (sumLanes64(size) + 1);
}

/** The derivative of -Dice by p, times `upstream`, is base + hit t: `base`… */
function baseSlope(upstream: f64, overlap: v128, size: v128): v128 {
  return f32x4.splat(<f32>((upstream * ratio(overlap, size)) / (sumLanes64(size) + 1)));
}

/** …and `hit`. */
function hitSlope(upstream: f64, size: v128): v128 {
  return f32x4.splat(<f32>((-2 * upstream) / (sumLanes64(size) + 1)));
}

/** loss [1] of logits and target [batch, positions]. */
export function bceDice(batch: i32, positions: i32, logits: usize, target: usize, loss: usize): void {
  const image = (<usize>positions) << 2;
  let entropy = f64x2.splat(0);
  let dice: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image, target += image) {
    let overlap = f64x2.splat(0);
    let size = f64x2.splat(0);
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const z = loadPadded(logits + i, rest, nothing());
      const t = loadPart(target + i, rest);
      const decay = exp(f32x4.neg(f32x4.abs(z)));
      const p = probability(z, decay);
      entropy = f64x2.add(entropy, widen(crossEntropy(z, t, decay)));
      overlap = f64x2.add(overlap, widen(f32x4.mul(p, t)));
      size = f64x2.add(size, widen(f32x4.add(p, t)));
    }
    dice += ratio(overlap, size);
  }
  const pixels = <f64>batch * <f64>positions;
  store<f32>(loss, <f32>((0.5 * sumLanes64(entropy)) / pixels + 1 - dice / batch));
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
    let overlap = f64x2.splat(0);
    let size = f64x2.splat(0);
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const z = loadPadded(logits + i, rest, nothing());
      const t = loadPart(target + i, rest);
      const p = probability(z, exp(f32x4.neg(f32x4.abs(z))));
      overlap = f64x2.add(overlap, widen(f32x4.mul(p, t)));
      size = f64x2.add(size, widen(f32x4.add(p, t)));
      storePart(dlogits + i, p, rest);
    }
    const base = baseSlope(upstream, overlap, size);
    const hit = hitSlope(upstream, size);
    for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
      const p = loadPart(dlogits + i, rest);
      const t = loadPart(target + i, rest);
      const diceSlope = f32x4.add(base, f32x4.mul(hit, t));
      const spread = f32x4.mul(p, f32x4.sub(f32x4.splat(1), p));
      const entropy = f32x4.mul(entropySlope, f32x4.sub(p, t));
      storePart(dlogits + i, f32x4.add(entropy, f32x4.mul(spread, diceSlope)), rest);
    }
  }
}

/**
 * loss [1] of logits [batch, positions, classes] and labels [batch, positions].
 *
 * @param workspace 12 x classes elements
 */
export function ceDice(
  batch: i32,
  positions: i32,
  classes: i32,
  logits: usize,
  labels: usize,
  loss: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  const sums = workspace + ((<usize>classes) << 4);
  let entropy: f64 = 0;
  let dice: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image * classes, labels += image) {
    entropy += statistics(positions, classes, logits, labels, 0, workspace);
    for (let k: usize = 0; k < <usize>classes; k++) {
      dice += ratio(v128.load(sums + 32 * k), v128.load(sums + 32 * k, 16));
    }
  }
  const pixels = <f64>batch * <f64>positions;
  store<f32>(loss, <f32>((0.5 * entropy) / pixels + 1 - dice / (<f64>batch * <f64>classes)));
}

/**
 * dlogits [batch, positions, classes] of logits, labels and the gradient dloss [1] of the loss.
 *
 * @param workspace 12 x classes elements
 */
export function ceDiceGrad(
  batch: i32,
  positions: i32,
  classes: i32,
  logits: usize,
  labels: usize,
  dloss: usize,
  dlogits: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  const sums = workspace + ((<usize>classes) << 4);
  const upstream = <f64>load<f32>(dloss) / batch;
  const entropySlope = f32x4.splat(<f32>((0.5 * upstream) / positions));
  for (let n = 0; n < batch; n++, labels += image) {
    statistics(positions, classes, logits, labels, dlogits, workspace);
    for (let k: usize = 0; k < <usize>classes; k++) {
      const slopes = sums + 32 * k;
      const overlap = v128.load(slopes);
      const size = v128.load(slopes, 16);
      v128.store(slopes, baseSlope(upstream / classes, overlap, size));
      v128.store(slopes, hitSlope(upstream / classes, size), 16);
    }
    imageGradient(positions, classes, labels, entropySlope, dlogits, workspace);
    logits += image * classes;
    dlogits += image * classes;
  }
}

/**
 * The sum of the cross-entropies of an image; leaves overlap and size of each class as pairs of float64 vectors behind
 * the 4 x classes elements of scratch in `workspace`, and the probabilities at `probs` unless that is 0. Four pixels at
 * a time; the last ones, if less than four, one by one in four equal lanes of which the first counts.
 */
function statistics(positions: i32, classes: i32, logits: usize, labels: usize, probs: usize, workspace: usize): f64 {
  const pixel = (<usize>classes) << 2;
  const sums = workspace + 4 * pixel;
  memory.fill(sums, 0, 8 * pixel);
  let entropy = f64x2.splat(0);
  while (positions > 0) {
    const block = positions < 4 ? 1 : 4;
    const stride: usize = positions < 4 ? 0 : pixel;
    const counts = positions < 4 ? i32x4(-1, 0, 0, 0) : i32x4.splat(-1);
    const label = positions < 4 ? v128.load32_splat(labels) : v128.load(labels);
    const one = v128.and(f32x4.splat(1), counts);

    const largest = transpose(classes, logits, stride, workspace);
    let chosen = largest;
    for (let k = 0; k < classes; k++) {
      const hit = f32x4.eq(label, f32x4.splat(<f32>k));
      chosen = v128.bitselect(v128.load(workspace + ((<usize>k) << 4)), chosen, hit);
    }
    const total = exponentials(classes, largest, workspace);
    const surprise = f32x4.add(log(total), f32x4.sub(largest, chosen));
    entropy = f64x2.add(entropy, widen(v128.and(surprise, counts)));

    for (let k = 0; k < classes; k++) {
      const hit = f32x4.eq(label, f32x4.splat(<f32>k));
      const p = f32x4.div(v128.load(workspace + ((<usize>k) << 4)), total);
      if (probs) scatter(probs + ((<usize>k) << 2), stride, p);
      const counted = v128.and(p, counts);
      const sum = sums + ((<usize>k) << 5);
      v128.store(sum, f64x2.add(v128.load(sum), widen(v128.and(counted, hit))));
      v128.store(sum, f64x2.add(v128.load(sum, 16), widen(f32x4.add(counted, v128.and(one, hit)))), 16);
    }
    positions -= block;
    logits += <usize>block * pixel;
    labels += <usize>block << 2;
    if (probs) probs += <usize>block * pixel;
  }
  return sumLanes64(entropy);
}

/** Turns the probabilities of an image into gradients of the logits, in place, with the slopes that follow the scratch. */
function imageGradient(
  positions: i32,
  classes: i32,
  labels: usize,
  entropySlope: v128,
  probs: usize,
  workspace: usize,
): void {
  const pixel = (<usize>classes) << 2;
  const slopes = workspace + 4 * pixel;
  while (positions > 0) {
    const block = positions < 4 ? 1 : 4;
    const stride: usize = positions < 4 ? 0 : pixel;
    const label = positions < 4 ? v128.load32_splat(labels) : v128.load(labels);
    transpose(classes, probs, stride, workspace);
    let mean = f32x4.splat(0);
    for (let k = 0; k < classes; k++) {
      const p = v128.load(workspace + ((<usize>k) << 4));
      mean = f32x4.add(mean, f32x4.mul(p, classSlope(slopes, label, k)));
    }
    for (let k = 0; k < classes; k++) {
      const p = v128.load(workspace + ((<usize>k) << 4));
      const t = v128.and(f32x4.eq(label, f32x4.splat(<f32>k)), f32x4.splat(1));
      const entropy = f32x4.mul(entropySlope, f32x4.sub(p, t));
      const dice = f32x4.mul(p, f32x4.sub(classSlope(slopes, label, k), mean));
      scatter(probs + ((<usize>k) << 2), stride, f32x4.add(entropy, dice));
    }
    positions -= block;
    probs += <usize>block * pixel;
    labels += <usize>block << 2;
  }
}

/** base + hit t of class k, t from the label. */
function classSlope(slopes: usize, label: v128, k: i32): v128 {
  const slope = slopes + ((<usize>k) << 5);
  const hit = f32x4.eq(label, f32x4.splat(<f32>k));
  return f32x4.add(v128.load(slope), v128.and(v128.load(slope, 16), hit));
}
