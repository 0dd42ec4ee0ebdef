/** Objects of a mask that resizing loses: a network at that size can neither learn nor find them. */
import { components } from '../image/components.js';
import type { Image } from '../image/image.js';
import { runsOf } from '../image/runs.js';

/**
 * Counts the objects of a mask (pixels of one class that touch, corners included) that have left no trace in `resized`,
 * the same mask at another size: no pixel of their class lies where they were.
 */
export function countVanished(mask: Image<Uint8Array>, resized: Image<Uint8Array>): number {
  const { width, height } = mask;
  if (width <= resized.width && height <= resized.height) return 0;
  const runs = runsOf(mask);
  const { count, of } = components(runs, 8);
  const columns = reaches(width, resized.width);
  const rows = reaches(height, resized.height);
  const seen = new Uint8Array(count);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = rows[y]!;
    for (let i = runs.rows[y]!; i < runs.rows[y + 1]!; i++) {
      if (seen[of[i]!]) continue;
      const [left, right] = [columns[runs.starts[i]!]![0], columns[runs.ends[i]! - 1]![1]];
      for (let v = top; v <= bottom; v++) {
        const under = resized.data.subarray(v * resized.width + left, v * resized.width + right + 1);
        if (under.includes(runs.values[i]!)) seen[of[i]!] = 1;
      }
    }
  }
  return seen.reduce((vanished, isSeen) => vanished + 1 - isSeen, 0);
}

/** The first and the last pixel of `to` that each pixel of `from` lies under. */
function reaches(from: number, to: number): (readonly [number, number])[] {
  return Array.from({ length: from }, (_, i) => [Math.floor((i * to) / from), Math.ceil(((i + 1) * to) / from) - 1]);
}
