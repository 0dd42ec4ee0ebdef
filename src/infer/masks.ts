/** Masks of probabilities: the one place where a threshold and the postprocessing are applied. */
import type { Size } from '../image/frame.js';
import type { Image } from '../image/image.js';
import { type Postprocessing, postprocess } from '../image/postprocessing.js';
import type { Bands } from './own-size.js';
import { toMask } from './prediction.js';

/** How probabilities become a mask. */
export interface MaskRule {
  /** The probability above which a pixel is foreground, where there is one class. */
  readonly threshold: number;
  /** What is removed and filled; absent where masks stay as they are. */
  readonly postprocessing?: Postprocessing;
}

/**
 * Makes the masks of all outputs as `toMask` and `postprocess` do of the whole image, whose probabilities need never be
 * there at once.
 * @param rules the rule of each output
 */
export async function masksOf(
  bands: Bands,
  { width, height }: Size,
  rules: readonly MaskRule[],
): Promise<Image<Uint8Array>[]> {
  const masks = rules.map(() => ({ width, height, channels: 1, data: new Uint8Array(width * height) }));
  let y = 0;
  for await (const band of bands) {
    for (const [k, prediction] of band.entries()) {
      masks[k]!.data.set(toMask(prediction, rules[k]!.threshold).data, y * width);
    }
    y += band[0]!.height;
  }
  // In place: a second mask of a large image would take much memory.
  return masks.map((mask, k) => postprocess(mask, rules[k]!.postprocessing ?? {}, mask.data));
}
