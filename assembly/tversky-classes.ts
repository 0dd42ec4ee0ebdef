/** 1 - the overlap of prediction and truth, mean over classes, from their softmax; see tversky.ts. */
import { transpose } from './activation';
import { sumLanes64, widen } from './lanes';
import {
  backward,
  blockIn,
  blockOf,
  classWeight,
  counted,
  errors,
  is,
  loadBlock,
  restIn,
  slopesIn,
  strideOf,
  vector,
} from './softmax-block';
import { hitSlope, missed, missSlope, pixelSlope, tverskyLoss } from './tversky';

/**
 * loss [1] of logits [batch, positions, classes] and labels [batch, positions].
 *
 * @param workspace see softmax-block.ts; weights are what each class counts for in the mean. Behind come 8 x classes
 *   elements, two vectors for each: the sums of hits and misses
 */
export function tversky(
  batch: i32,
  positions: i32,
  classes: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  logits: usize,
  labels: usize,
  loss: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  let mean: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image * classes, labels += image) {
    statistics(positions, classes, alpha, beta, squared, logits, labels, 0, workspace);
    for (let k = 0; k < classes; k++) {
      const sums = vector(restIn(workspace, classes), 2 * k);
      mean += classWeight(workspace, k) * tverskyLoss(load<f64>(sums), load<f64>(sums, 16));
    }
  }
  store<f32>(loss, <f32>(mean / batch));
}

/** dlogits of logits, labels and the gradient dloss [1] of the loss; `workspace` as above. */
export function tverskyGrad(
  batch: i32,
  positions: i32,
  classes: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  logits: usize,
  labels: usize,
  dloss: usize,
  dlogits: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  const upstream = <f64>load<f32>(dloss) / batch;
  for (let n = 0; n < batch; n++, labels += image) {
    // the probabilities wait in dlogits until the sums are known
    statistics(positions, classes, alpha, beta, squared, logits, labels, dlogits, workspace);
    for (let k = 0; k < classes; k++) {
      const sums = vector(restIn(workspace, classes), 2 * k);
      const hits = load<f64>(sums);
      const misses = load<f64>(sums, 16);
      const weight = upstream * classWeight(workspace, k);
      v128.store(sums, f32x4.splat(<f32>(weight * hitSlope(hits, misses))));
      v128.store(sums, f32x4.splat(<f32>(weight * missSlope(hits, misses))), 16);
    }
    imageGradient(positions, classes, alpha, beta, squared, labels, dlogits, workspace);
    logits += image * classes;
    dlogits += image * classes;
  }
}

/**
 * The first pass, of value and gradient alike: H and M of each class of an image, each in a vector of its own. Leaves the
 * probabilities at `probs` unless that is 0.
 */
function statistics(
  positions: i32,
  classes: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  logits: usize,
  labels: usize,
  probs: usize,
  workspace: usize,
): void {
  const sums = restIn(workspace, classes);
  const block = blockIn(workspace, classes);
  memory.fill(sums, 0, (<usize>classes) << 5);
  while (positions > 0) {
    const count = blockOf(positions);
    const stride = strideOf(count, classes);
    const label = loadBlock(labels, count);
    const p = errors(classes, logits, stride, label, block, probs);
    for (let k = 0; k < classes; k++) {
      const on = is(label, k);
      const misses = v128.and(missed(v128.load(vector(block, k)), on, alpha, beta, squared), counted(count));
      const hits = v128.and(v128.and(p, on), counted(count));
      const sum = vector(sums, 2 * k);
      v128.store(sum, f64x2.add(v128.load(sum), widen(hits)));
      v128.store(sum, f64x2.add(v128.load(sum, 16), widen(misses)), 16);
    }
    positions -= count;
    labels += (<usize>count) << 2;
    logits += (<usize>(count * classes)) << 2;
    if (probs) probs += (<usize>(count * classes)) << 2;
  }
  for (let k = 0; k < classes; k++) {
    const sum = vector(sums, 2 * k);
    store<f64>(sum, 2 * sumLanes64(v128.load(sum)));
    store<f64>(sum, sumLanes64(v128.load(sum, 16)), 16);
  }
}

/** Turns the probabilities of an image into gradients of the logits, in place; in `workspace` are the slopes of the sums. */
function imageGradient(
  positions: i32,
  classes: i32,
  alpha: f32,
  beta: f32,
  squared: bool,
  labels: usize,
  probs: usize,
  workspace: usize,
): void {
  const sums = restIn(workspace, classes);
  const block = blockIn(workspace, classes);
  const slopes = slopesIn(workspace, classes);
  while (positions > 0) {
    const count = blockOf(positions);
    const stride = strideOf(count, classes);
    const label = loadBlock(labels, count);
    transpose(classes, probs, stride, block);
    let rest = f32x4.splat(0);
    for (let k = 0; k < classes; k++) {
      rest = f32x4.add(rest, v128.andnot(v128.load(vector(block, k)), is(label, k)));
    }
    for (let k = 0; k < classes; k++) {
      const on = is(label, k);
      const error = v128.bitselect(rest, v128.load(vector(block, k)), on);
      const sum = vector(sums, 2 * k);
      const slope = pixelSlope(error, on, alpha, beta, squared, v128.load(sum, 16), v128.load(sum));
      v128.store(vector(slopes, k), slope);
    }
    backward(classes, label, block, slopes, probs, stride);
    positions -= count;
    labels += (<usize>count) << 2;
    probs += (<usize>(count * classes)) << 2;
  }
}
