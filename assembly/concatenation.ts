/** The copy behind `concat` and `split`. */
import { loadPart, storePart } from './lanes';

/**
 * Copies `channels` neighbouring elements of each of `rows` pixels, from pixels of `xChannels` to pixels of `yChannels`
 * elements: a part of a concatenation in or out.
 */
export function copyChannels(rows: i32, channels: i32, x: usize, xChannels: i32, y: usize, yChannels: i32): void {
  const xGap = (<usize>(xChannels - channels)) << 2;
  const yGap = (<usize>(yChannels - channels)) << 2;
  const tail = channels & 7;
  const tailBytes = (<usize>tail) << 2;
  for (; rows > 0; rows--, x += xGap, y += yGap) {
    for (const end = x + ((<usize>(channels - tail)) << 2); x < end; x += 32, y += 32) {
      const a = v128.load(x);
      const b = v128.load(x, 16);
      v128.store(y, a);
      v128.store(y, b, 16);
    }
    if (tail > 0) storePart(y, loadPart(x, tail), tail);
    if (tail > 4) storePart(y + 16, loadPart(x + 16, tail - 4), tail - 4);
    x += tailBytes;
    y += tailBytes;
  }
}
