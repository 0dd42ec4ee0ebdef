/** Masks for tests: drawn as text, or at random. */
import { Random, seedKey } from '../../../src/base/random.js';
import type { Image } from '../../../src/image/image.js';

/** A mask drawn in lines of digits; '.' is 0. */
export function drawn(...lines: readonly string[]): Image<Uint8Array> {
  const data = Uint8Array.from(lines.join(''), (digit) => (digit === '.' ? 0 : Number(digit)));
  return { width: lines[0]!.length, height: lines.length, channels: 1, data };
}

/** The lines that draw a mask. */
export function linesOf({ width, height, data }: Image<Uint8Array>): string[] {
  const text = Array.from(data, (value) => (value === 0 ? '.' : `${value}`)).join('');
  return Array.from({ length: height }, (_, y) => text.slice(y * width, (y + 1) * width));
}

/** A mask of pixels of the values 0 to `classes`, which follow that of their left or upper neighbour more or less often. */
export function randomMask(seed: number, width: number, height: number, classes = 1): Image<Uint8Array> {
  const random = new Random(seedKey(seed));
  const coherence = random.uniform(0, 0.95);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const neighbour = random.integer(2) === 0 ? i - 1 : i - width;
    const follows = neighbour >= 0 && random.uniform() < coherence;
    data[i] = follows ? data[neighbour]! : random.integer(classes + 1);
  }
  return { width, height, channels: 1, data };
}
