/** The surfaces of masks, on which distances are measured. */
import type { Image } from './image.js';

/**
 * The surface of a mask: its pixels (`isInside` of their value) that share a side with a pixel outside of it. What lies
 * beyond the image's edge is outside, so that every surface is closed.
 * @param mask one channel
 * @returns [height, width], 1 on the surface, else 0
 */
export function surface(
  { width, height, data }: Image<Uint8Array>,
  isInside: (value: number) => boolean = (value) => value !== 0,
): Uint8Array {
  const inside = (i: number) => isInside(data[i]!);
  const isInner = (i: number, x: number, y: number) =>
    x > 0 &&
    x < width - 1 &&
    y > 0 &&
    y < height - 1 &&
    inside(i - 1) &&
    inside(i + 1) &&
    inside(i - width) &&
    inside(i + width);
  const edge = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) if (inside(i) && !isInner(i, x, y)) edge[i] = 1;
  }
  return edge;
}
