/** Smooth fields over an image, by which augmentation deforms it. */
/**
 * A smooth field over an image from a few numbers: uniform cubic B-splines, curved continuously and never beyond the
 * numbers that they are made of.
 * @param controls (cells + 3) x (cells + 3) numbers, row by row: the corners of cells x cells equal parts of the image, and
 * one more around them on every side
 * @returns its value at the centre of each pixel, [height, width]
 */
export function splineField(controls: ArrayLike<number>, cells: number, width: number, height: number): Float64Array {
  const across = cells + 3;
  const [columns, rows] = [tapsOf(width, cells), tapsOf(height, cells)];
  const field = new Float64Array(width * height);
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

/** The first of the four controls of each pixel of a line, and their weights, which add up to 1. */
function tapsOf(length: number, cells: number): { first: number; weights: number[] }[] {
  return Array.from({ length }, (_, i) => {
    const position = ((i + 0.5) * cells) / length;
    const first = Math.floor(position);
    const t = position - first;
    const s = 1 - t;
    const weights = [s * s * s, 4 - 3 * t * t * (2 - t), 4 - 3 * s * s * (2 - s), t * t * t].map((w) => w / 6);
    return { first, weights };
  });
}
