/** Smooth fields over an image, by which augmentation deforms it. */
import type { Size } from './frame.js';
import { type Window, wholeWindow } from './window.js';

/**
 * A smooth field over an image from a few numbers: uniform cubic B-splines, curved continuously and never beyond the
 * numbers that they are made of.
 * @param controls (cells + 3) x (cells + 3) numbers, row by row: the corners of cells x cells equal parts of the image, and
 * one more around them on every side
 * @param window the part of the image that is wanted; beyond the edges the field stays as it is there
 * @returns its value at the centre of each pixel of the window, [height, width]
 */
export function splineField(
  controls: ArrayLike<number>,
  cells: number,
  size: Size,
  window: Window = wholeWindow(size),
): Float64Array {
  const across = cells + 3;
  const columns = tapsOf(window.left, window.width, size.width, cells);
  const rows = tapsOf(window.top, window.height, size.height, cells);
  const field = new Float64Array(window.width * window.height);
  const line = new Float64Array(across);
  let at = 0;
  for (const { first: row, weights } of rows) {
    for (let k = 0; k < across; k++) {
      let sum = 0;
      for (let j = 0; j < 4; j++) sum += weights[j]! * controls[(row + j) * across + k]!;
      line[k] = sum;
    }
    for (const { first, weights } of columns) {
      let sum = 0;
      for (let j = 0; j < 4; j++) sum += weights[j]! * line[first + j]!;
      field[at++] = sum;
    }
  }
  return field;
}

/** The first of the four controls of each of `count` pixels of a line from `start` on, and their weights, which add up to 1. */
function tapsOf(start: number, count: number, length: number, cells: number): { first: number; weights: number[] }[] {
  return Array.from({ length: count }, (_, i) => {
    const position = Math.min(Math.max(0, ((start + i + 0.5) * cells) / length), cells);
    const first = Math.min(Math.floor(position), cells - 1);
    const t = position - first;
    const s = 1 - t;
    const weights = [s * s * s, 4 - 3 * t * t * (2 - t), 4 - 3 * s * s * (2 - s), t * t * t].map((w) => w / 6);
    return { first, weights };
  });
}
