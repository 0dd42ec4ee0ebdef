/** Rearranging operands so that the inner loops of `gemm.ts` and `outer.ts` read memory in one stream. */
import { loadPart } from './lanes';
import { CHANNELS, panelWidth, ROWS, VECTOR } from './tiles';

/** How many whole images begin at `line`, of lines up to `last`: at most `most`, and 1 where not even one does. */
export function imagesOfBand(line: i32, last: i32, height: i32, most: i32): i32 {
  return line % height ? 1 : max(1, min(most, (last - line) / height));
}

/**
 * Offsets in bytes of the pixels of a grid (images x rows x width) into every second word of `table`, in row-major
 * order; the last one is repeated until the count is a multiple of `multiple`. Returns the count.
 */
export function pixelOffsets(
  table: usize,
  images: i32,
  rows: i32,
  width: i32,
  pixelStride: i32,
  rowStride: i32,
  imageStride: i32,
  multiple: i32,
): i32 {
  let count = 0;
  let offset = 0;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < rows; y++) {
      offset = n * imageStride + y * rowStride;
      for (let x = 0; x < width; x++, count++, offset += pixelStride) store<i32>(table + ((<usize>count) << 3), offset);
    }
  }
  offset -= pixelStride;
  for (; count % multiple; count++) store<i32>(table + ((<usize>count) << 3), offset);
  return count;
}

/** Bytes of CHANNELS columns of a panel: the bias and `rows` rows of weights. */
export function panelBytes(rows: i32): usize {
  return (<usize>((1 + rows) * CHANNELS)) << 2;
}

/** The first row of CHANNELS columns, from `column` on, of a matrix of `columns` in panels: these take `bytes`. */
export function panelOf(panels: usize, bytes: usize, column: i32, columns: i32): usize {
  const within = column & (panelWidth(column, columns) - 1);
  return panels + <usize>((column - within) / CHANNELS) * bytes + ((<usize>within) << 2);
}

/** Bytes from one of these rows to the next. */
export function panelPixel(column: i32, columns: i32): usize {
  return (<usize>panelWidth(column, columns)) << 2;
}

/** The first row of each panel: biases, zeros beyond `columns` and where `bias` is 0 (no bias). */
export function packBias(bias: usize, columns: i32, panels: usize, bytes: usize): void {
  for (let n = 0; n < columns; n += CHANNELS) {
    const to = panelOf(panels, bytes, n, columns);
    memory.fill(to, 0, CHANNELS << 2);
    if (bias) memory.copy(to, bias + ((<usize>n) << 2), (<usize>min(CHANNELS, columns - n)) << 2);
  }
}

/**
 * Rows `first` to `first + rows - 1` of the panels of a matrix whose element (k, n) lies at
 * `w[k * rowStride + n * columnStride]`; columns beyond `columns` are zero.
 */
export function packRows(
  w: usize,
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
  panels: usize,
  bytes: usize,
  first: i32,
): void {
  const kStep = (<usize>rowStride) << 2;
  const nStep = (<usize>columnStride) << 2;
  for (let n = 0; n < columns; n += CHANNELS) {
    const row = panelPixel(n, columns);
    let to = panelOf(panels, bytes, n, columns) + <usize>(1 + first) * row;
    let from = w + <usize>n * nStep;
    const valid = min(CHANNELS, columns - n);
    for (let k = 0; k < rows; k++, from += kStep, to += row) {
      if (columnStride === 1 && valid === CHANNELS) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        let at = from;
        for (let c = 0; c < valid; c++, at += nStep) store<f32>(to + ((<usize>c) << 2), load<f32>(at));
        for (let c = valid; c < CHANNELS; c++) store<f32>(to + ((<usize>c) << 2), 0);
      }
    }
  }
}

/** `count` runs of `length` elements each, from and to pixels that lie `fromStride` and `toStride` bytes apart. */
export function copyPixels(from: usize, fromStride: usize, to: usize, toStride: usize, count: i32, length: i32): void {
  const bytes = (<usize>length) << 2;
  if (fromStride === bytes && toStride === bytes) {
    memory.copy(to, from, <usize>count * bytes);
    return;
  }
  const whole = bytes & ~15;
  for (let p = 0; p < count; p++, from += fromStride, to += toStride) {
    let at: usize = 0;
    for (; at < whole; at += VECTOR) v128.store(to + at, v128.load(from + at));
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
  }
}

/**
 * `count` pixels of `channels` elements, `stride` bytes apart, into blocks of ROWS channels: block b begins at
 * `to + b * blockBytes` and holds ROWS elements of each pixel; missing channels are zero.
 */
export function packBlocks4(from: usize, stride: usize, count: i32, channels: i32, to: usize, blockBytes: usize): void {
  for (let c = 0; c < channels; c += ROWS, from += VECTOR, to += blockBytes) {
    const valid = min(ROWS, channels - c);
    let a = from;
    let b = to;
    if (valid === ROWS) {
      for (let p = 0; p < count; p++, a += stride, b += VECTOR) v128.store(b, v128.load(a));
    } else {
      for (let p = 0; p < count; p++, a += stride, b += VECTOR) v128.store(b, loadPart(a, valid));
    }
  }
}

/**
 * The same in panels, of which pixels `first` to `first + count - 1` are written: every CHANNELS channels take
 * `blockBytes`.
 */
export function packPanels(
  from: usize,
  stride: usize,
  count: i32,
  channels: i32,
  panels: usize,
  blockBytes: usize,
  first: i32,
): void {
  for (let c = 0; c < channels; c += CHANNELS, from += 2 * VECTOR) {
    const pixel = panelPixel(c, channels);
    const valid = min(CHANNELS, channels - c);
    let a = from;
    let b = panelOf(panels, blockBytes, c, channels) + <usize>first * pixel;
    if (valid === CHANNELS) {
      for (let p = 0; p < count; p++, a += stride, b += pixel) {
        v128.store(b, v128.load(a));
        v128.store(b, v128.load(a, 16), 16);
      }
    } else {
      const zero = f32x4.splat(0);
      for (let p = 0; p < count; p++, a += stride, b += pixel) {
        v128.store(b, valid >= 4 ? v128.load(a) : loadPart(a, valid));
        v128.store(b, valid > 4 ? loadPart(a + 16, valid - 4) : zero, 16);
      }
    }
  }
}
