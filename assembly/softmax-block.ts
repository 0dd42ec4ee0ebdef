/**
 * The softmax of four pixels, lanes being pixels, for the losses of several classes. The last pixels of an image, if less
 * than four, go one by one in four equal lanes. The workspace of these losses begins with 9 x classes + 16 elements: a
 * weight for each class; a block, which is a vector for each class and `total`, `others`, `own` and `gap`; and another
 * vector for each class, the slopes of their probabilities.
 */
import { exponentials, transpose } from './activation';
import { scatter } from './lanes';
import { log1p } from './math';

/** How many of the `rest` pixels the next block takes. */
export function blockOf(rest: i32): i32 {
  return rest < 4 ? 1 : 4;
}

/** Four elements, or one in all lanes. */
export function loadBlock(address: usize, count: i32): v128 {
  return count < 4 ? v128.load32_splat(address) : v128.load(address);
}

/** The lanes of a block that count in a sum. */
export function counted(count: i32): v128 {
  return count < 4 ? i32x4(-1, 0, 0, 0) : i32x4.splat(-1);
}

/** Bytes from the pixel of one lane to that of the next. */
export function strideOf(count: i32, classes: i32): usize {
  return count < 4 ? 0 : (<usize>classes) << 2;
}

/** Where the label is class k. */
export function is(label: v128, k: i32): v128 {
  return f32x4.eq(label, f32x4.splat(<f32>k));
}

/** Writes the weight of class k. */
export function setClassWeight(workspace: usize, k: i32, weight: f32): void {
  store<f32>(workspace + ((<usize>k) << 2), weight);
}

export function classWeight(workspace: usize, k: i32): f32 {
  return load<f32>(workspace + ((<usize>k) << 2));
}

export function blockIn(workspace: usize, classes: i32): usize {
  return workspace + ((<usize>classes) << 2);
}

export function slopesIn(workspace: usize, classes: i32): usize {
  return vector(blockIn(workspace, classes), classes + 4);
}

/** What a loss keeps of its own. */
export function restIn(workspace: usize, classes: i32): usize {
  return vector(slopesIn(workspace, classes), classes);
}

/** The vector of class k in a block, or in another row of vectors. */
export function vector(block: usize, k: i32): usize {
  return block + ((<usize>k) << 4);
}

/** The sum of the powers of all classes: a probability is a power divided by it. */
export function total(classes: i32, block: usize): v128 {
  return v128.load(vector(block, classes));
}

/** The sum of the powers of all classes but the label: 1 - p is `others` / `total`. */
export function others(classes: i32, block: usize): v128 {
  return v128.load(vector(block, classes), 16);
}

/** The power of the label: p is `own` / `total`. */
export function own(classes: i32, block: usize): v128 {
  return v128.load(vector(block, classes), 32);
}

/** -ln p of the label. */
export function negLogProb(classes: i32, block: usize): v128 {
  const gap = v128.load(vector(block, classes), 48);
  // ln of the total; where the label is the largest its own power is 1
  const one = f32x4.splat(1);
  const rest = v128.bitselect(
    others(classes, block),
    f32x4.sub(total(classes, block), one),
    f32x4.eq(gap, f32x4.splat(0)),
  );
  return f32x4.add(log1p(rest), gap);
}

/** Fills a block: exp(z - largest) of each class. */
export function powers(classes: i32, logits: usize, stride: usize, label: v128, block: usize): void {
  const largest = transpose(classes, logits, stride, block);
  let chosen = largest;
  for (let k = 0; k < classes; k++) chosen = v128.bitselect(v128.load(vector(block, k)), chosen, is(label, k));
  const end = vector(block, classes);
  v128.store(end, exponentials(classes, largest, block));
  let others = f32x4.splat(0);
  let own = f32x4.splat(0);
  for (let k = 0; k < classes; k++) {
    const power = v128.load(vector(block, k));
    others = f32x4.add(others, v128.andnot(power, is(label, k)));
    own = v128.bitselect(power, own, is(label, k));
  }
  v128.store(end, others, 16);
  v128.store(end, own, 32);
  v128.store(end, f32x4.sub(largest, chosen), 48);
}

/**
 * Fills a block with the error |t - p| of each class, and scatters the probabilities to `probs` unless that is 0.
 *
 * @returns p of the label
 */
export function errors(classes: i32, logits: usize, stride: usize, label: v128, block: usize, probs: usize): v128 {
  powers(classes, logits, stride, label, block);
  const inverse = f32x4.div(f32x4.splat(1), total(classes, block));
  const rest = others(classes, block);
  for (let k = 0; k < classes; k++) {
    const at = vector(block, k);
    const power = v128.load(at);
    if (probs) scatter(probs + ((<usize>k) << 2), stride, f32x4.mul(power, inverse));
    v128.store(at, f32x4.mul(v128.bitselect(rest, power, is(label, k)), inverse));
  }
  return f32x4.mul(own(classes, block), inverse);
}

/**
 * Scatters p (s - mean of s), the gradient of the logits, to `dlogits`. Slopes are taken relative to the label's.
 *
 * @param probs a vector for each class
 * @param slopes the derivative by each probability, in vectors too
 */
export function backward(classes: i32, label: v128, probs: usize, slopes: usize, dlogits: usize, stride: usize): void {
  let own = f32x4.splat(0);
  for (let k = 0; k < classes; k++) own = v128.bitselect(v128.load(vector(slopes, k)), own, is(label, k));
  let mean = f32x4.splat(0);
  for (let k = 0; k < classes; k++) {
    const slope = f32x4.sub(v128.load(vector(slopes, k)), own);
    mean = f32x4.add(mean, f32x4.mul(v128.load(vector(probs, k)), slope));
  }
  for (let k = 0; k < classes; k++) {
    const slope = f32x4.sub(v128.load(vector(slopes, k)), own);
    const gradient = f32x4.mul(v128.load(vector(probs, k)), f32x4.sub(slope, mean));
    scatter(dlogits + ((<usize>k) << 2), stride, gradient);
  }
}
