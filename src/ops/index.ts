/** The op set: the table that every backend must fill, and the functions that record. */
import { backward } from '../graph/autodiff.js';
import type { Op, Tensor } from '../graph/graph.js';
import { reluGradOp, reluOp, sigmoidGradOp, sigmoidOp, softmaxGradOp, softmaxOp } from './activation.js';
import { add, weightedSumOp } from './arithmetic.js';
import { concatOp, splitOp } from './concatenation.js';
import { conv2dGradInputOp, conv2dGradWeightOp, conv2dOp } from './convolution.js';
import { crossEntropyGradOp, crossEntropyOp } from './cross-entropy.js';
import { dropoutOp } from './dropout.js';
import { lovaszGradOp, lovaszOp } from './lovasz.js';
import { momentsGradOp, momentsOp, normaliseGradOp, normaliseOp } from './normalisation.js';
import { adamOp, chunkNormsOp, clipRatesOp, lerpOp, sgdOp } from './optimizer.js';
import { maxPool2dGradOp, maxPool2dOp } from './pooling.js';
import { convTranspose2dGradInputOp, convTranspose2dGradWeightOp, convTranspose2dOp } from './transposed.js';
import { tverskyGradOp, tverskyOp } from './tversky.js';
import { upsample2dGradOp, upsample2dOp } from './upsampling.js';

export { relu, sigmoid, softmax } from './activation.js';
export { add, mean, weightedSum } from './arithmetic.js';
export { concat } from './concatenation.js';
export { conv2d } from './convolution.js';
export { type CrossEntropyOptions, crossEntropy } from './cross-entropy.js';
export { dropout } from './dropout.js';
export { bceDice, ceDice, HYBRID, type LossTerm, lossOf } from './loss.js';
export { type LovaszOptions, lovaszLoss } from './lovasz.js';
export { moments, normalise } from './normalisation.js';
export { adam, chunkNorms, clipRates, lerp, sgd } from './optimizer.js';
export { maxPool2d } from './pooling.js';
export { convTranspose2d } from './transposed.js';
export { type DiceOptions, diceLoss, type TverskyOptions, tverskyLoss } from './tversky.js';
export { type Interpolation, interpolations, upsample2d } from './upsampling.js';

export const ops = {
  conv2d: conv2dOp,
  conv2dGradInput: conv2dGradInputOp,
  conv2dGradWeight: conv2dGradWeightOp,
  convTranspose2d: convTranspose2dOp,
  convTranspose2dGradInput: convTranspose2dGradInputOp,
  convTranspose2dGradWeight: convTranspose2dGradWeightOp,
  maxPool2d: maxPool2dOp,
  maxPool2dGrad: maxPool2dGradOp,
  upsample2d: upsample2dOp,
  upsample2dGrad: upsample2dGradOp,
  moments: momentsOp,
  momentsGrad: momentsGradOp,
  normalise: normaliseOp,
  normaliseGrad: normaliseGradOp,
  relu: reluOp,
  reluGrad: reluGradOp,
  sigmoid: sigmoidOp,
  sigmoidGrad: sigmoidGradOp,
  softmax: softmaxOp,
  softmaxGrad: softmaxGradOp,
  dropout: dropoutOp,
  weightedSum: weightedSumOp,
  concat: concatOp,
  split: splitOp,
  crossEntropy: crossEntropyOp,
  crossEntropyGrad: crossEntropyGradOp,
  tversky: tverskyOp,
  tverskyGrad: tverskyGradOp,
  lovasz: lovaszOp,
  lovaszGrad: lovaszGradOp,
  sgd: sgdOp,
  adam: adamOp,
  chunkNorms: chunkNormsOp,
  clipRates: clipRatesOp,
  lerp: lerpOp,
} as const;

export type OpName = keyof typeof ops;

/** The geometry of each op. */
export type Geometries = { [K in OpName]: (typeof ops)[K] extends Op<infer G> ? G : never };

/** The gradients of sum(y * dy) with respect to `wrt`, recorded on the same graph; see `backward`. */
export function gradients(y: Tensor, wrt: readonly Tensor[], dy: Tensor): Tensor[] {
  return backward(y, wrt, dy, add);
}
