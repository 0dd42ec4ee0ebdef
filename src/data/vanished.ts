/** Objects of a mask that resizing loses: a network at that size can neither learn nor find them. */
import type { Image } from '../image/image.js';
import { walkObjects } from './objects.js';

/**
 * Counts the objects of a mask (pixels of one class that touch, corners included) that have left no trace in `resized`,
 * the same mask at another size: no pixel of their class lies where they were.
 */
export function countVanished(mask: Image<Uint8Array>, resized: Image<Uint8Array>): number {
  const { width, height, data } = mask;
  if (width <= resized.width && height <= resized.height) return 0;
  const columns = reaches(width, resized.width);
  const rows = reaches(height, resized.height);
  const isSeen = (at: number): boolean => {
    const [left, right] = columns[at % width]!;
    const [top, bottom] = rows[Math.floor(at / width)]!;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) if (resized.data[y * resized.width + x] === data[at]) return true;
    }
    return false;
  };

  let vanished = 0;
  let seen = false;
  walkObjects(
    mask,
    (at) => {
      seen ||= isSeen(at);
    },
    () => {
      if (!seen) vanished++;
      seen = false;
    },
  );
  return vanished;
}

/** The first and the last pixel of `to` that each pixel of `from` lies under. */
function reaches(from: number, to: number): (readonly [number, number])[] {
  return Array.from({ length: from }, (_, i) => [Math.floor((i * to) / from), Math.ceil(((i + 1) * to) / from) - 1]);
}
