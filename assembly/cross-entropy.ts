/**
 * Cross-entropy of binary logits with focal modulation; see src/ops/cross-entropy.ts. With u the margin, the logit of the
 * true answer,
 *
 *     -ln p = max(-u, 0) + ln(1 + exp(-|u|))         -ln(1 - p) = max(u, 0) + ln(1 + exp(-|u|))
 *
 * and the derivative by u is -(1 - p)^gamma (1 - p + gamma p (-ln p)), in which nothing cancels. Sums are float64.
 */
import { expNegAbs, isForeground, likely, margin, nothing, smallerProb, unlikely } from './binary';
import { loadPadded, loadPart, storePart, sumLanes64, widen } from './lanes';
import { exp, log1p } from './math';

/** -ln p; `rest` = ln(1 + exp(-|u|)). */
function negLogProb(u: v128, rest: v128): v128 {
  return f32x4.add(f32x4.pmax(f32x4.neg(u), f32x4.splat(0)), rest);
}

/** (1 - p)^gamma. */
function modulation(u: v128, rest: v128, gamma: f32): v128 {
  return exp(f32x4.mul(f32x4.splat(-gamma), negLogProb(f32x4.neg(u), rest)));
}

/** loss [1] of `pixels` logits and targets; background and foreground are the weights of these classes. */
export function binaryCrossEntropy(
  pixels: i32,
  gamma: f32,
  background: f32,
  foreground: f32,
  logits: usize,
  target: usize,
  loss: usize,
): void {
  let sum = f64x2.splat(0);
  for (let i: usize = 0, rest = pixels; rest > 0; rest -= 4, i += 16) {
    const on = isForeground(loadPart(target + i, rest));
    const u = margin(loadPadded(logits + i, rest, nothing()), on);
    const tail = log1p(expNegAbs(u));
    let x = f32x4.mul(v128.bitselect(f32x4.splat(foreground), f32x4.splat(background), on), negLogProb(u, tail));
    if (gamma > 0) x = f32x4.mul(x, modulation(u, tail, gamma));
    sum = f64x2.add(sum, widen(x));
  }
  store<f32>(loss, <f32>(sumLanes64(sum) / pixels));
}

/** dlogits of logits, target and the gradient dloss [1] of the loss. */
export function binaryCrossEntropyGrad(
  pixels: i32,
  gamma: f32,
  background: f32,
  foreground: f32,
  logits: usize,
  target: usize,
  dloss: usize,
  dlogits: usize,
): void {
  const upstream = <f64>load<f32>(dloss) / pixels;
  // The margin falls with the logit in the background.
  const rise = f32x4.splat(<f32>(upstream * background));
  const fall = f32x4.splat(<f32>(-upstream * foreground));
  for (let i: usize = 0, rest = pixels; rest > 0; rest -= 4, i += 16) {
    const on = isForeground(loadPart(target + i, rest));
    const u = margin(loadPadded(logits + i, rest, nothing()), on);
    const tail = expNegAbs(u);
    const smaller = smallerProb(u, tail);
    let slope = unlikely(smaller);
    if (gamma > 0) {
      const more = log1p(tail);
      const focus = f32x4.mul(f32x4.splat(gamma), f32x4.mul(likely(smaller), negLogProb(u, more)));
      slope = f32x4.mul(modulation(u, more, gamma), f32x4.add(slope, focus));
    }
    storePart(dlogits + i, f32x4.mul(v128.bitselect(fall, rise, on), slope), rest);
  }
}
