/**
 * The Lovász hinge; see src/ops/lovasz.ts. Pixels are sorted by their margin m, z in the foreground and -z in the
 * background, which is exact; their errors are 1 - m, the largest first.
 */
import { isForeground, margin, nothing } from './binary';
import { loadPadded, loadPart, storePart } from './lanes';
import { placeOf, sort } from './sort';

/**
 * By how much the Jaccard loss (missed + wrong) / (all + wrong) has grown with the last pixel, which is counted in
 * already: one of the class itself (`on`), or a wrong one. Written without the difference of two quotients.
 */
export function increment(all: i32, missed: i32, wrong: i32, on: bool): f64 {
  const union = <f64>all + <f64>wrong;
  if (on) return 1 / union;
  // Where there is nothing, the first wrong pixel is the whole of the loss.
  if (all === 0) return wrong === 1 ? 1 : 0;
  return (<f64>all - <f64>missed) / (union * (union - 1));
}

/**
 * loss [1] of logits and target [batch, positions].
 *
 * @param workspace 5 x positions + 256 elements
 */
export function binaryLovasz(
  batch: i32,
  positions: i32,
  logits: usize,
  target: usize,
  loss: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  let sum: f64 = 0;
  for (let n = 0; n < batch; n++, logits += image, target += image) {
    sum += hinge(positions, logits, target, 0, 0, workspace);
  }
  store<f32>(loss, <f32>(sum / batch));
}

/** dlogits of logits, target and the gradient dloss [1] of the loss; `workspace` as above. */
export function binaryLovaszGrad(
  batch: i32,
  positions: i32,
  logits: usize,
  target: usize,
  dloss: usize,
  dlogits: usize,
  workspace: usize,
): void {
  const image = (<usize>positions) << 2;
  const upstream = <f64>load<f32>(dloss) / batch;
  for (let n = 0; n < batch; n++, logits += image, target += image, dlogits += image) {
    hinge(positions, logits, target, upstream, dlogits, workspace);
  }
}

/** The loss of one image; its gradient times `upstream` goes to `dlogits` unless that is 0. */
function hinge(positions: i32, logits: usize, target: usize, upstream: f64, dlogits: usize, margins: usize): f64 {
  let all: i32 = 0;
  for (let i: usize = 0, rest = positions; rest > 0; rest -= 4, i += 16) {
    const on = isForeground(loadPart(target + i, rest));
    all += popcnt(i32x4.bitmask(on));
    storePart(margins + i, margin(loadPadded(logits + i, rest, nothing()), on), rest);
  }
  const order = sort(positions, margins, margins + ((<usize>positions) << 2));
  let missed = 0;
  let wrong = 0;
  let loss: f64 = 0;
  for (let i = 0; i < positions; i++) {
    const at = (<usize>placeOf(order, i)) << 2;
    const on = load<f32>(target + at) > 0;
    if (on) missed++;
    else wrong++;
    const error = 1 - <f64>load<f32>(margins + at);
    // An error that is no number must be seen in the loss.
    const slope: f64 = error <= 0 ? 0 : increment(all, missed, wrong, on);
    if (!(error <= 0)) loss += error * slope;
    if (dlogits) store<f32>(dlogits + at, <f32>(upstream * (on ? -slope : slope)));
  }
  return loss;
}
