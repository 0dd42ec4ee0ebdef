/** The pixels that a round brush paints on its way from one pixel to another. */
import type { Size } from '../../../src/image/frame.js';

/** A pixel, by its column and row. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** The largest brush, in pixels. */
export const MAX_RADIUS = 64;

/**
 * Visits, row by row, the columns `start` up to `end` (not included) that a brush covers which is moved from `from` to `to`.
 * It covers the pixels whose centres are at most `radius - 0.5` from the line between the two centres: a radius of 1 paints
 * single pixels, and lines of them without gaps. What lies outside of an image of `size` is left out.
 * @param radius in pixels, a whole number from 1
 */
export function eachRow(
  from: Pixel,
  to: Pixel,
  radius: number,
  { width, height }: Size,
  visit: (y: number, start: number, end: number) => void,
): void {
  const reach = radius - 0.5;
  const top = Math.max(0, Math.ceil(Math.min(from.y, to.y) - reach));
  const bottom = Math.min(height - 1, Math.floor(Math.max(from.y, to.y) + reach));
  for (let y = top; y <= bottom; y++) {
    const [left, right] = columnsNear(from, to, reach, y);
    let start = Math.max(0, left);
    let end = Math.min(width - 1, right);
    // What is covered is convex, so that the columns of a row are in one piece.
    while (start <= end && !isCovered(start, y, from, to, radius)) start++;
    while (end > start && !isCovered(end, y, from, to, radius)) end--;
    if (start <= end) visit(y, start, end + 1);
  }
}

/** The columns around the part of the line that is at most `reach` rows from row `y`; far less than those of the whole line. */
function columnsNear(from: Pixel, to: Pixel, reach: number, y: number): [left: number, right: number] {
  const rows = to.y - from.y;
  const at = (row: number) => from.x + (to.x - from.x) * Math.min(1, Math.max(0, (row - from.y) / rows));
  const [a, b] = rows === 0 ? [from.x, to.x] : [at(y - reach), at(y + reach)];
  return [Math.floor(Math.min(a, b) - reach), Math.ceil(Math.max(a, b) + reach)];
}

/** Compares squares of twice the distances, which are whole numbers: no pixel depends on rounding. */
function isCovered(x: number, y: number, from: Pixel, to: Pixel, radius: number): boolean {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [px, py] = [x - from.x, y - from.y];
  const length = dx * dx + dy * dy;
  const along = px * dx + py * dy;
  const most = (2 * radius - 1) ** 2;
  if (along <= 0) return 4 * (px * px + py * py) <= most;
  if (along >= length) return 4 * ((px - dx) ** 2 + (py - dy) ** 2) <= most;
  return 4 * (px * dy - py * dx) ** 2 <= most * length;
}
