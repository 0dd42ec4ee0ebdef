/** The objects of a mask: pixels of one class that touch, corners included. */
import type { Image } from '../image/image.js';

/**
 * Walks through the objects of a mask, one after the other.
 * @param pixel is called with the index of each pixel of an object
 * @param end is called after the last pixel of each object
 */
export function walkObjects(
  { width, height, data }: Image<Uint8Array>,
  pixel: (at: number) => void,
  end: () => void,
): void {
  const rest = Uint8Array.from(data);
  for (let start = 0; start < rest.length; start++) {
    const label = rest[start]!;
    if (label === 0) continue;
    const open = [start];
    rest[start] = 0;
    while (open.length > 0) {
      const at = open.pop()!;
      pixel(at);
      for (const next of neighbours(at, width, height)) {
        if (rest[next] !== label) continue;
        rest[next] = 0;
        open.push(next);
      }
    }
    end();
  }
}

function* neighbours(at: number, width: number, height: number): Generator<number> {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) yield row * width + column;
  }
}
