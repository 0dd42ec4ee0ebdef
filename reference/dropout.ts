/** Dropout, whose mask depends on a key and the position of the element alone. */
import type { DropoutGeometry } from '../src/ops/dropout.js';
import type { Kernel } from './kernel.js';
import { threefryWord } from './threefry.js';

/**
 * (x, keys) -> x / (1 - rate), or 0 where the element's random word is below rate 2^32. The gradient is the same kernel
 * on dy, because the mask is a function of key, element and salt.
 */
export const dropout: Kernel<DropoutGeometry> = ({ batch, length, rate, salt }, [x, keys], [y]) => {
  const scale = 1 / (1 - rate);
  for (let n = 0; n < batch; n++) {
    const [k0, k1] = [joined(keys[4 * n], keys[4 * n + 1]), joined(keys[4 * n + 2], keys[4 * n + 3])];
    for (let i = 0; i < length; i++) {
      const dropped = threefryWord(k0, k1, i, salt) < rate * 2 ** 32;
      y[n * length + i] = dropped ? 0 : x[n * length + i] * scale;
    }
  }
};

/** A 32-bit word from its 16-bit parts. */
const joined = (low: number, high: number): number => low + 65536 * high;
