/**
 * The hybrid loss of several classes, from the softmax; see loss.ts. Lanes are pixels: four of them are transposed into
 * one vector a class. The last ones, if less than four, go one by one in four equal lanes.
 */
import { exponentials, transpose } from './activation';
import { scatter, sumLanes64, widen } from './lanes';
import { baseSlope, diceLoss, hitSlope } from './loss';
import { log1p } from './math';

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
    for (let k = 0; k < classes; k++) {
      const sum = sums + ((<usize>k) << 5);
      dice += diceLoss(v128.load(sum), v128.load(sum, 16));
    }
  }
  store<f32>(loss, <f32>((0.5 * entropy) / positions / batch + dice / classes / batch));
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
    // the probabilities wait in dlogits until the sums are known
    statistics(positions, classes, logits, labels, dlogits, workspace);
    for (let k = 0; k < classes; k++) {
      const sum = sums + ((<usize>k) << 5);
      const misses = v128.load(sum);
      const size = v128.load(sum, 16);
      v128.store(sum, f32x4.splat(<f32>((upstream * baseSlope(misses, size)) / classes)));
      v128.store(sum, f32x4.splat(<f32>((upstream * hitSlope(size)) / classes)), 16);
    }
    imageGradient(positions, classes, labels, entropySlope, dlogits, workspace);
    logits += image * classes;
    dlogits += image * classes;
  }
}

/**
 * The sum of the cross-entropies of an image; leaves misses and size of each class as pairs of float64 vectors behind
 * the 4 x classes elements of scratch in `workspace`, and the probabilities at `probs` unless that is 0.
 */
function statistics(positions: i32, classes: i32, logits: usize, labels: usize, probs: usize, workspace: usize): f64 {
  const pixel = (<usize>classes) << 2;
  const sums = workspace + 4 * pixel;
  const one = f32x4.splat(1);
  memory.fill(sums, 0, 8 * pixel);
  let entropy = f64x2.splat(0);
  while (positions > 0) {
    const block = positions < 4 ? 1 : 4;
    const stride: usize = positions < 4 ? 0 : pixel;
    const counts = positions < 4 ? i32x4(-1, 0, 0, 0) : i32x4.splat(-1);
    const label = positions < 4 ? v128.load32_splat(labels) : v128.load(labels);

    const largest = transpose(classes, logits, stride, workspace);
    let chosen = largest;
    for (let k = 0; k < classes; k++) {
      chosen = v128.bitselect(v128.load(workspace + ((<usize>k) << 4)), chosen, is(label, k));
    }
    const total = exponentials(classes, largest, workspace);
    let others = f32x4.splat(0);
    for (let k = 0; k < classes; k++) {
      others = f32x4.add(others, v128.andnot(v128.load(workspace + ((<usize>k) << 4)), is(label, k)));
    }
    // ln of the total; where the label is the largest its own power is 1
    const rest = v128.bitselect(others, f32x4.sub(total, one), f32x4.eq(chosen, largest));
    const surprise = f32x4.add(log1p(rest), f32x4.sub(largest, chosen));
    entropy = f64x2.add(entropy, widen(v128.and(surprise, counts)));

    const inverse = f32x4.div(one, total);
    for (let k = 0; k < classes; k++) {
      const hit = is(label, k);
      const power = v128.load(workspace + ((<usize>k) << 4));
      const p = f32x4.mul(power, inverse);
      if (probs) scatter(probs + ((<usize>k) << 2), stride, p);
      const miss = f32x4.mul(v128.bitselect(others, power, hit), inverse);
      const size = f32x4.add(p, v128.and(one, hit));
      const sum = sums + ((<usize>k) << 5);
      v128.store(sum, f64x2.add(v128.load(sum), widen(v128.and(miss, counts))));
      v128.store(sum, f64x2.add(v128.load(sum, 16), widen(v128.and(size, counts))), 16);
    }
    positions -= block;
    logits += <usize>block * pixel;
    labels += (<usize>block) << 2;
    if (probs) probs += <usize>block * pixel;
  }
  return sumLanes64(entropy);
}

/**
 * Turns the probabilities of an image into gradients of the logits, in place: 0.5 (p - t) / pixels + p (s - mean of s)
 * with the slopes s of the classes, which follow the scratch in `workspace`. Slopes are taken relative to the label's.
 */
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
    let labelSlope = f32x4.splat(0);
    for (let k = 0; k < classes; k++) {
      const slope = slopes + ((<usize>k) << 5);
      const hit = f32x4.add(v128.load(slope), v128.load(slope, 16));
      labelSlope = v128.bitselect(hit, labelSlope, is(label, k));
    }
    let mean = f32x4.splat(0);
    let others = f32x4.splat(0);
    for (let k = 0; k < classes; k++) {
      const p = v128.andnot(v128.load(workspace + ((<usize>k) << 4)), is(label, k));
      const slope = f32x4.sub(v128.load(slopes + ((<usize>k) << 5)), labelSlope);
      mean = f32x4.add(mean, f32x4.mul(p, slope));
      others = f32x4.add(others, p);
    }
    for (let k = 0; k < classes; k++) {
      const hit = is(label, k);
      const p = v128.load(workspace + ((<usize>k) << 4));
      const error = v128.bitselect(f32x4.neg(others), p, hit);
      const slope = v128.andnot(f32x4.sub(v128.load(slopes + ((<usize>k) << 5)), labelSlope), hit);
      const dice = f32x4.mul(p, f32x4.sub(slope, mean));
      scatter(probs + ((<usize>k) << 2), stride, f32x4.add(f32x4.mul(entropySlope, error), dice));
    }
    positions -= block;
    probs += <usize>block * pixel;
    labels += (<usize>block) << 2;
  }
}

/** Where the label is class k. */
function is(label: v128, k: i32): v128 {
  return f32x4.eq(label, f32x4.splat(<f32>k));
}
