/** How far a head looks: what part of an image the logits of one pixel depend on. */
import type { ModelConfig } from './config.js';

/** What each unit H, two 3x3 convolutions, adds on each side at its own level. */
const UNIT = 2;

/**
 * Returns how many pixels to each side of a pixel the head X(0,level) sees at most, norms over the image aside. What it
 * sees there is the same wherever the pixel lies, but with 'bilinear-align-corners', see `looksAtWhole`.
 *
 * The longest way leads from X(0,level) down its diagonal to X(level,0) and up the encoder; every other lies within it.
 * Along it the interval [a,b] of the pixels that are seen grows as follows, where the level changes on the way back:
 *
 *     H                        [a - 2, b + 2]
 *     U, transposed, nearest   [floor(a / 2), floor(b / 2)]               from level i to i + 1
 *     U, bilinear              [floor((a - 1) / 2), floor((b + 1) / 2)]   at most, with corners aligned
 *     D                        [2 a, 2 b + 1]                             from level i + 1 to i
 *
 * It depends on where a pixel lies in the grid of pooling, so that the largest over the 2^level places is taken. With
 * transposed convolutions that is 7 * 2^level - 5: 9, 23, 51 and 107 pixels for L1 to L4.
 */
export function reachOf({ upsample }: Pick<ModelConfig, 'upsample'>, level: number): number {
  const near = upsample === 'transposed' || upsample === 'nearest' ? 0 : 1;
  let reach = 0;
  for (let pixel = 0; pixel < 2 ** level; pixel++) {
    let [a, b] = [pixel, pixel];
    for (let i = 0; i < level; i++) {
      a = Math.floor((a - UNIT - near) / 2);
      b = Math.floor((b + UNIT + near) / 2);
    }
    [a, b] = [a - UNIT, b + UNIT];
    for (let i = 0; i < level; i++) [a, b] = [2 * a - UNIT, 2 * b + 1 + UNIT];
    reach = Math.max(reach, pixel - a, b - pixel);
  }
  return reach;
}

/**
 * Whether what a network says of a pixel depends on the size of the whole image, so that a part of the image cannot tell
 * it: norms over the image, and upsampling whose corners are aligned, as its positions shift with the size.
 */
export function looksAtWhole({ norm, upsample }: Pick<ModelConfig, 'norm' | 'upsample'>): boolean {
  return norm === 'instance' || norm === 'group' || upsample === 'bilinear-align-corners';
}
