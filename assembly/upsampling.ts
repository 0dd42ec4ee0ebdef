/**
 * Upsampling by two and the exact transposes: x [batch, height, width, channels], y [batch, 2 height, 2 width,
 * channels]. Bilinear interpolation treats the axes one after the other: two rows are mixed into one, then neighbours
 * along it. An input position i has weight in the outputs 2i-1 to 2i+2 alone, so that the gradient is a sum of four.
 */
import { weightedSum } from './arithmetic';
import { loadPart, storePart } from './lanes';

/** Every pixel becomes a 2x2 block; rows = batch x height. */
export function nearest(rows: i32, width: i32, channels: i32, x: usize, y: usize): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>(2 * width) * pixel;
  for (; rows > 0; rows--, y += row) {
    for (let column = 0; column < width; column++, y += pixel) {
      for (let rest = channels; rest > 0; ) {
        const count = min(rest, 4);
        const value = loadPart(x, count);
        storePart(y, value, count);
        storePart(y + pixel, value, count);
        storePart(y + row, value, count);
        storePart(y + row + pixel, value, count);
        const bytes = (<usize>count) << 2;
        rest -= count;
        x += bytes;
        y += bytes;
      }
    }
  }
}

/** dx of dy: the sum of each 2x2 block. */
export function nearestGrad(rows: i32, width: i32, channels: i32, dy: usize, dx: usize): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>(2 * width) * pixel;
  for (; rows > 0; rows--, dy += row) {
    for (let column = 0; column < width; column++, dy += pixel) {
      for (let rest = channels; rest > 0; ) {
        const count = min(rest, 4);
        const above = f32x4.add(loadPart(dy, count), loadPart(dy + pixel, count));
        const below = f32x4.add(loadPart(dy + row, count), loadPart(dy + row + pixel, count));
        storePart(dx, f32x4.add(above, below), count);
        const bytes = (<usize>count) << 2;
        rest -= count;
        dy += bytes;
        dx += bytes;
      }
    }
  }
}

/**
 * Output position o lies at the input position numerator / denominator. With `alignCorners` the first and the last
 * centres of input and output coincide; without it centres are at half-integers, and before the first one its value
 * goes on (as it does behind the last one, where the neighbour is the pixel itself).
 */
function numerator(o: i32, size: i32, alignCorners: bool): i64 {
  return alignCorners ? <i64>o * (size - 1) : max(2 * o - 1, 0);
}

function denominator(size: i32, alignCorners: bool): i64 {
  return alignCorners ? 2 * size - 1 : 4;
}

/** The input position before that of output o, on an axis of `size` input positions. */
function before(o: i32, size: i32, alignCorners: bool): i32 {
  return <i32>(numerator(o, size, alignCorners) / denominator(size, alignCorners));
}

/** The weight of the next one. */
function share(o: i32, size: i32, alignCorners: bool): f32 {
  const parts = denominator(size, alignCorners);
  return <f32>(<f64>(numerator(o, size, alignCorners) % parts) / <f64>parts);
}

/** The weight of input i in output o. */
function weight(i: i32, o: i32, size: i32, alignCorners: bool): f32 {
  if (o < 0 || o >= 2 * size) return 0;
  const first = before(o, size, alignCorners);
  const last = min(first + 1, size - 1);
  const next = share(o, size, alignCorners);
  return (i === first ? 1 - next : 0) + (i === last ? next : 0);
}

/**
 * y of x by bilinear interpolation: lines `first` to `last - 1` of y, the rows of all images counted on.
 *
 * @param workspace width x (channels + 4) elements: a mixed row; for each output column the offset of the input pixel
 *   before it, and the weight of the next
 */
export function bilinear(
  first: i32,
  last: i32,
  height: i32,
  width: i32,
  channels: i32,
  alignCorners: bool,
  x: usize,
  y: usize,
  workspace: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  const end = row - pixel;
  const table = workspace + row;
  const tableEnd = table + ((<usize>width) << 4);
  for (let o = 0; o < 2 * width; o++) {
    const entry = table + ((<usize>o) << 3);
    store<u32>(entry, <u32>(<usize>before(o, width, alignCorners) * pixel));
    store<f32>(entry, share(o, width, alignCorners), 4);
  }
  y += <usize>first * 2 * row;
  for (let line = first; line < last; line++) {
    const o = line % (2 * height);
    const image = line / (2 * height);
    const above = before(o, height, alignCorners);
    const upper = x + <usize>(image * height + above) * row;
    const lower = above < height - 1 ? upper + row : upper;
    const part = share(o, height, alignCorners);
    weightedSum(width * channels, upper, 1 - part, lower, part, workspace);
    for (let entry = table; entry < tableEnd; entry += 8, y += pixel) {
      const left = <usize>load<u32>(entry);
      const right = min(left + pixel, end);
      const share = load<f32>(entry, 4);
      weightedSum(channels, workspace + left, 1 - share, workspace + right, share, y);
    }
  }
}

/**
 * dx of dy: the transpose of `bilinear`.
 *
 * @param workspace width x (2 channels + 4) + 4 elements: a mixed row of dy; four weights for each input column; and
 *   four for the row
 */
export function bilinearGrad(
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  alignCorners: bool,
  dy: usize,
  dx: usize,
  workspace: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>(2 * width) * pixel;
  const columnWeights = workspace + row;
  const rowWeights = columnWeights + ((<usize>width) << 4);
  for (let i = 0; i < width; i++) weights(i, width, alignCorners, columnWeights + ((<usize>i) << 4));
  for (; batch > 0; batch--) {
    for (let i = 0; i < height; i++, dy += 2 * row) {
      weights(i, height, alignCorners, rowWeights);
      sumOfFour(2 * width * channels, i, height, row, dy, rowWeights, workspace);
      for (let j = 0, p = workspace; j < width; j++, p += 2 * pixel, dx += pixel) {
        sumOfFour(channels, j, width, pixel, p, columnWeights + ((<usize>j) << 4), dx);
      }
    }
  }
}

/** The weights of input i in the outputs 2i-1, 2i, 2i+1 and 2i+2. */
function weights(i: i32, size: i32, alignCorners: bool, list: usize): void {
  for (let k = 0; k < 4; k++) {
    store<f32>(list + ((<usize>k) << 2), weight(i, 2 * i - 1 + k, size, alignCorners));
  }
}

/**
 * y = the weighted sum of the outputs 2i-1 to 2i+2, `stride` bytes apart, of which `x` is 2i. Beyond the edges, where
 * the weight is 0, the neighbour is read instead.
 */
function sumOfFour(length: i32, i: i32, size: i32, stride: usize, x: usize, list: usize, y: usize): void {
  const w0 = v128.load32_splat(list);
  const w1 = v128.load32_splat(list, 4);
  const w2 = v128.load32_splat(list, 8);
  const w3 = v128.load32_splat(list, 12);
  const back: usize = i > 0 ? stride : 0;
  const ahead: usize = i < size - 1 ? 2 * stride : stride;
  for (; length > 0; length -= 4, x += 16, y += 16) {
    const left = f32x4.add(f32x4.mul(w0, loadPart(x - back, length)), f32x4.mul(w1, loadPart(x, length)));
    const right = f32x4.add(f32x4.mul(w2, loadPart(x + stride, length)), f32x4.mul(w3, loadPart(x + ahead, length)));
    storePart(y, f32x4.add(left, right), length);
  }
}
