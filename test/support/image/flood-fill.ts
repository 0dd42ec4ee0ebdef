/** Connected components by flood fill, pixel by pixel: what those by runs are checked against. */
import type { Image } from '../../../src/image/image.js';

/**
 * The number of the component of each pixel, from 1 in raster order; 0 for pixels that belong to none.
 * @param isOf whether pixels of a value belong to components
 */
export function floodFill(
  { width, height, data }: Image<Uint8Array>,
  connectivity: 4 | 8,
  isOf: (value: number) => boolean,
): number[] {
  const labels = new Array<number>(data.length).fill(0);
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (!isOf(data[start]!) || labels[start] !== 0) continue;
    labels[start] = ++count;
    const open = [start];
    while (open.length > 0) {
      const at = open.pop()!;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (const [dx, dy] of STEPS) {
        if (connectivity === 4 && dx !== 0 && dy !== 0) continue;
        const [u, v] = [x + dx, y + dy];
        const next = v * width + u;
        if (u < 0 || v < 0 || u >= width || v >= height || data[next] !== data[start] || labels[next] !== 0) continue;
        labels[next] = count;
        open.push(next);
      }
    }
  }
  return labels;
}

export const STEPS = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const));
