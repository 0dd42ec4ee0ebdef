/**
 * The Lovász-softmax, mean over the classes that are present in an image; see lovasz.ts. Pixels are sorted by -|t - p|.
 * The workspace is that of softmax-block.ts, behind it for each class a plane of `positions` elements (-|t - p| first, the
 * slopes by p later), and the workspace of the sort.
 */
import { transpose } from './activation';
import { storePart } from './lanes';
import { increment } from './lovasz';
import {
  backward,
  blockIn,
  blockOf,
  classWeight,
  errors,
  loadBlock,
  restIn,
  slopesIn,
  strideOf,
  vector,
} from './softmax-block';
import { placeOf, sort } from './sort';

/**
 * loss [1] of logits [batch, positions, classes] and labels [batch, positions].
 *
 * @param workspace positions x (classes + 4) + 256 elements behind those of softmax-block.ts
 */
export function lovasz(
  batch: i32,
  positions: i32,
  classes: i32,
  logits: usize,
  labels: usize,
  loss: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  let sum: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image * classes, labels += image) {
    sum += surfaces(positions, classes, logits, labels, 0, 0, workspace);
  }
  store<f32>(loss, <f32>(sum / batch));
}

/** dlogits of logits, labels and the gradient dloss [1] of the loss; `workspace` as above. */
export function lovaszGrad(
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
  const upstream = <f64>load<f32>(dloss) / batch;
  for (let n = 0; n < batch; n++, labels += image) {
    // the probabilities wait in dlogits until the slopes are known
    surfaces(positions, classes, logits, labels, upstream, dlogits, workspace);
    imageGradient(positions, classes, labels, dlogits, workspace);
    logits += image * classes;
    dlogits += image * classes;
  }
}

/** Fills the planes with -|t - p|, and leaves the probabilities at `probs` unless that is 0. */
function fillPlanes(positions: i32, classes: i32, logits: usize, labels: usize, probs: usize, workspace: usize): void {
  const block = blockIn(workspace, classes);
  let plane = restIn(workspace, classes);
  const size = (<usize>positions) << 2;
  while (positions > 0) {
    const count = blockOf(positions);
    const stride = strideOf(count, classes);
    const label = loadBlock(labels, count);
    errors(classes, logits, stride, label, block, probs);
    for (let k = 0; k < classes; k++) {
      storePart(plane + <usize>k * size, f32x4.neg(v128.load(vector(block, k))), count);
    }
    positions -= count;
    plane += (<usize>count) << 2;
    labels += (<usize>count) << 2;
    logits += (<usize>(count * classes)) << 2;
    if (probs) probs += (<usize>(count * classes)) << 2;
  }
}

/**
 * The first pass, of value and gradient alike: the loss of one image. The planes then hold the derivatives by the
 * probabilities, times `upstream`, and the probabilities lie at `probs` unless that is 0.
 */
function surfaces(
  positions: i32,
  classes: i32,
  logits: usize,
  labels: usize,
  upstream: f64,
  probs: usize,
  workspace: usize,
): f64 {
  fillPlanes(positions, classes, logits, labels, probs, workspace);
  const size = (<usize>positions) << 2;
  const planes = restIn(workspace, classes);
  let weights: f64 = 0;
  for (let k = 0; k < classes; k++) {
    if (countOf(positions, labels, k) > 0) weights += classWeight(workspace, k);
  }
  let loss: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const weight = <f64>classWeight(workspace, k);
    const all = countOf(positions, labels, k);
    const plane = planes + <usize>k * size;
    if (all === 0 || weight === 0) memory.fill(plane, 0, size);
    else {
      const share = weight / weights;
      loss += share * surface(positions, labels, k, all, upstream * share, plane, planes + <usize>classes * size);
    }
  }
  return loss;
}

/** One class of `surfaces`, with `all` pixels. */
function surface(positions: i32, labels: usize, k: i32, all: i32, upstream: f64, plane: usize, workspace: usize): f64 {
  const order = sort(positions, plane, workspace);
  let missed = 0;
  let wrong = 0;
  let loss: f64 = 0;
  for (let i = 0; i < positions; i++) {
    const at = (<usize>placeOf(order, i)) << 2;
    const on = load<f32>(labels + at) === <f32>k;
    if (on) missed++;
    else wrong++;
    const slope = increment(all, missed, wrong, on);
    loss -= slope * load<f32>(plane + at);
    store<f32>(plane + at, <f32>(upstream * (on ? -slope : slope)));
  }
  return loss;
}

/** How many pixels are of class k. */
function countOf(positions: i32, labels: usize, k: i32): i32 {
  let count = 0;
  for (let end = labels + ((<usize>positions) << 2); labels < end; labels += 4) {
    if (load<f32>(labels) === <f32>k) count++;
  }
  return count;
}

/** Turns the probabilities of an image into gradients of the logits, in place. */
function imageGradient(positions: i32, classes: i32, labels: usize, probs: usize, workspace: usize): void {
  const block = blockIn(workspace, classes);
  const slopes = slopesIn(workspace, classes);
  const size = (<usize>positions) << 2;
  let plane = restIn(workspace, classes);
  while (positions > 0) {
    const count = blockOf(positions);
    const stride = strideOf(count, classes);
    transpose(classes, probs, stride, block);
    for (let k = 0; k < classes; k++) v128.store(vector(slopes, k), loadBlock(plane + <usize>k * size, count));
    backward(classes, loadBlock(labels, count), block, slopes, probs, stride);
    positions -= count;
    plane += (<usize>count) << 2;
    labels += (<usize>count) << 2;
    probs += (<usize>(count * classes)) << 2;
  }
}
