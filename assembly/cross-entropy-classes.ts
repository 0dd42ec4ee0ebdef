/** Cross-entropy of several classes, from the softmax, with focal modulation; see cross-entropy.ts. */
import { scatter, sumLanes64, widen } from './lanes';
import { exp, log } from './math';
import {
  blockIn,
  blockOf,
  classWeight,
  counted,
  is,
  loadBlock,
  negLogProb,
  others,
  own,
  powers,
  strideOf,
  total,
  vector,
} from './softmax-block';

/** The least normal number. */
const TINY: f32 = 1.17549435e-38;

/** (1 - p)^gamma of the label. */
function modulation(classes: i32, gamma: f32, block: usize): v128 {
  const rest = others(classes, block);
  const log1mp = f32x4.sub(log(f32x4.pmax(rest, f32x4.splat(TINY))), log(total(classes, block)));
  return v128.and(exp(f32x4.mul(f32x4.splat(gamma), log1mp)), f32x4.gt(rest, f32x4.splat(0)));
}

/** The weight of each label. */
function weightOf(classes: i32, label: v128, workspace: usize): v128 {
  let weight = f32x4.splat(0);
  for (let k = 0; k < classes; k++) {
    weight = v128.bitselect(f32x4.splat(classWeight(workspace, k)), weight, is(label, k));
  }
  return weight;
}

/**
 * loss [1] of logits [pixels, classes] and labels [pixels].
 *
 * @param workspace see softmax-block.ts
 */
export function crossEntropy(
  pixels: i32,
  classes: i32,
  gamma: f32,
  logits: usize,
  labels: usize,
  loss: usize,
  workspace: usize,
): void {
  const block = blockIn(workspace, classes);
  let sum = f64x2.splat(0);
  for (let rest = pixels; rest > 0; ) {
    const count = blockOf(rest);
    const label = loadBlock(labels, count);
    powers(classes, logits, strideOf(count, classes), label, block);
    let x = f32x4.mul(weightOf(classes, label, workspace), negLogProb(classes, block));
    if (gamma > 0) x = f32x4.mul(x, modulation(classes, gamma, block));
    sum = f64x2.add(sum, widen(v128.and(x, counted(count))));
    rest -= count;
    labels += (<usize>count) << 2;
    logits += (<usize>(count * classes)) << 2;
  }
  store<f32>(loss, <f32>(sumLanes64(sum) / pixels));
}

/**
 * dlogits of logits, labels and the gradient dloss [1] of the loss. What the label's logit loses, the others share as they
 * share 1 - p: a shift of all logits changes nothing.
 *
 * @param workspace see softmax-block.ts
 */
export function crossEntropyGrad(
  pixels: i32,
  classes: i32,
  gamma: f32,
  logits: usize,
  labels: usize,
  dloss: usize,
  dlogits: usize,
  workspace: usize,
): void {
  const block = blockIn(workspace, classes);
  const upstream = f32x4.splat(<f32>(<f64>load<f32>(dloss) / pixels));
  for (let rest = pixels; rest > 0; ) {
    const count = blockOf(rest);
    const stride = strideOf(count, classes);
    const label = loadBlock(labels, count);
    powers(classes, logits, stride, label, block);
    const all = total(classes, block);
    const other = others(classes, block);
    let loses = f32x4.div(other, all);
    if (gamma > 0) {
      const p = f32x4.div(own(classes, block), all);
      const focus = f32x4.mul(f32x4.splat(gamma), f32x4.mul(p, negLogProb(classes, block)));
      loses = f32x4.mul(modulation(classes, gamma, block), f32x4.add(loses, focus));
    }
    loses = f32x4.mul(loses, f32x4.mul(upstream, weightOf(classes, label, workspace)));
    // Where no other class has a probability, nothing is lost.
    const share = f32x4.div(loses, f32x4.pmax(other, f32x4.splat(TINY)));
    for (let k = 0; k < classes; k++) {
      const gradient = v128.bitselect(f32x4.neg(loses), f32x4.mul(share, v128.load(vector(block, k))), is(label, k));
      scatter(dlogits + ((<usize>k) << 2), stride, gradient);
    }
    rest -= count;
    labels += (<usize>count) << 2;
    logits += (<usize>(count * classes)) << 2;
    dlogits += (<usize>(count * classes)) << 2;
  }
}
