/** 2x2 max pooling with stride 2. */
import { loadPart, storePart } from './lanes';

/** The largest of a window a b / c d. */
function max4(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
}

/** y [rows, width, channels]: the largest of each 2x2 window of x [rows, 2, width, 2, channels]. */
export function maxPool2d(rows: i32, width: i32, channels: i32, x: usize, y: usize): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>(2 * width) * pixel;
  for (; rows > 0; rows--, x += row) {
    for (let column = 0; column < width; column++, x += pixel) {
      let right = x + pixel;
      let below = x + row;
      let last = right + row;
      let rest = channels;
      for (; rest >= 8; rest -= 8, x += 32, right += 32, below += 32, last += 32, y += 32) {
        const low = max4(v128.load(x), v128.load(right), v128.load(below), v128.load(last));
        const high = max4(v128.load(x, 16), v128.load(right, 16), v128.load(below, 16), v128.load(last, 16));
        v128.store(y, low);
        v128.store(y, high, 16);
      }
      while (rest > 0) {
        const count = min(rest, 4);
        const largest = max4(loadPart(x, count), loadPart(right, count), loadPart(below, count), loadPart(last, count));
        storePart(y, largest, count);
        const bytes = (<usize>count) << 2;
        rest -= count;
        x += bytes;
        right += bytes;
        below += bytes;
        last += bytes;
        y += bytes;
      }
    }
  }
}

/**
 * dx like x: dy [rows, width, channels] at the first maximum of each window in row-major order, else 0. Exactly one
 * element of a window gets it, NaN or not.
 */
export function maxPool2dGrad(rows: i32, width: i32, channels: i32, x: usize, dy: usize, dx: usize): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>(2 * width) * pixel;
  for (; rows > 0; rows--, x += row, dx += row) {
    for (let column = 0; column < width; column++, x += pixel, dx += pixel) {
      for (let rest = channels; rest > 0; ) {
        const count = min(rest, 4);
        const a = loadPart(x, count);
        const b = loadPart(x + pixel, count);
        const c = loadPart(x + row, count);
        const largest = max4(a, b, c, loadPart(x + row + pixel, count));
        const isA = f32x4.eq(a, largest);
        const isB = f32x4.eq(b, largest);
        const isC = f32x4.eq(c, largest);
        const gradient = loadPart(dy, count);
        const notA = v128.andnot(gradient, isA);
        const notB = v128.andnot(notA, isB);
        storePart(dx, v128.and(gradient, isA), count);
        storePart(dx + pixel, v128.and(notA, isB), count);
        storePart(dx + row, v128.and(notB, isC), count);
        storePart(dx + row + pixel, v128.andnot(notB, isC), count);
        const bytes = (<usize>count) << 2;
        rest -= count;
        x += bytes;
        dy += bytes;
        dx += bytes;
      }
    }
  }
}
