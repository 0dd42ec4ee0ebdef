/** Objects of a mask that resizing loses: a network at that size can neither learn nor find them. */
import type { Image } from '../image/image.js';

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

  const rest = Uint8Array.from(data);
  let vanished = 0;
  for (let start = 0; start < rest.length; start++) {
    if (rest[start] === 0) continue;
    let seen = false;
    const label = rest[start];
    const open = [start];
    rest[start] = 0;
    while (open.length > 0) {
      const at = open.pop()!;
      seen ||= isSeen(at);
      for (const next of neighbours(at, width, height)) {
        if (rest[next] !== label) continue;
        rest[next] = 0;
        open.push(next);
      }
    }
    if (!seen) vanished++;
  }
  return vanished;
}

/** The first and the last pixel of `to` that each pixel of `from` lies under. */
function reaches(from: number, to: number): (readonly [number, number])[] {
  return Array.from({ length: from }, (_, i) => [Math.floor((i * to) / from), Math.ceil(((i + 1) * to) / from) - 1]);
}

function* neighbours(at: number, width: number, height: number): Generator<number> {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) yield row * width + column;
  }
}
