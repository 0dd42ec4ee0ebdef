/** The matrix products at the points of the Winograd domain: whole tiles only, every channel count a multiple of 8. */
import { multiplyAdd } from './multiply-add';
import { outerTile, outerWideTile } from './outer';
import { panelPixel } from './pack';
import { CHANNELS, PIXELS, ROWS, WIDE } from './tiles';
import { streamAt, WinogradFrame } from './winograd-frame';
import { GROUP, POINTS } from './winograd-transforms';

/**
 * Fills `frame.products` with the products of the points of `tiles` tiles and the filters of channels `left` to
 * `right - 1` of the outputs: whole panels.
 */
export function winogradProducts(frame: WinogradFrame, tiles: i32, left: i32, right: i32): void {
  const inChannels = frame.inChannels;
  const row = (<usize>frame.outChannels) << 2;
  let panels = frame.filters + ((<usize>(left * inChannels)) << 2);
  let points = frame.points;
  let products = frame.products + ((<usize>left) << 2);
  for (let p = 0; p < POINTS; p++) {
    multiply(points, tiles, inChannels, panels, right - left, products, row);
    panels += frame.filterStride;
    points += frame.pointStride;
    products += frame.productStride;
  }
}

/** Adds to `frame.filters`, [in,out] for each point, the outer products of inputs and gradient, summed over `tiles` tiles. */
export function winogradAddProducts(frame: WinogradFrame, tiles: i32): void {
  let sums = frame.filters;
  let points = frame.points;
  let gradients = frame.products;
  for (let p = 0; p < POINTS; p++) {
    addProducts(frame, points, gradients, tiles, sums);
    sums += frame.filterStride;
    points += frame.pointStride;
    gradients += frame.productStride;
  }
}

/** products = points x panels: `tiles` rows of `length` elements, `columns` columns; rows of products `product` bytes apart. */
function multiply(
  points: usize,
  tiles: i32,
  length: i32,
  panels: usize,
  columns: i32,
  products: usize,
  product: usize,
): void {
  const row = (<usize>length) << 2;
  const panel = row << 3;
  let o = 0;
  if (WIDE) {
    for (; o + 2 * CHANNELS <= columns; o += 2 * CHANNELS, panels += 2 * panel, products += 2 * GROUP) {
      for (let t = 0; t < tiles; t += PIXELS) {
        multiplyWideTile(points + <usize>t * row, row, length, panels, products + <usize>t * product, product);
      }
    }
  }
  for (; o < columns; o += CHANNELS, panels += panel, products += GROUP) {
    for (let t = 0; t < tiles; t += PIXELS) {
      multiplyTile(points + <usize>t * row, row, length, panels, products + <usize>t * product, product);
    }
  }
}

/** du += the sum over `tiles` tiles of the outer products of points and gradients. */
function addProducts(frame: WinogradFrame, points: usize, gradients: usize, tiles: i32, du: usize): void {
  const rows = frame.inChannels;
  const columns = frame.outChannels;
  const sums = frame.tile;
  const row = (<usize>columns) << 2;
  let o = 0;
  if (WIDE) {
    for (; o + 2 * CHANNELS <= columns; o += 2 * CHANNELS) {
      const dy = streamAt(frame, gradients, o, columns, 0);
      for (let c = 0; c < rows; c += ROWS) {
        const to = du + <usize>c * row + ((<usize>o) << 2);
        outerWideTile(rowsAt(frame, points, c), panelPixel(c, rows), dy, tiles, to, row);
      }
    }
  }
  for (; o < columns; o += CHANNELS) {
    const dy = streamAt(frame, gradients, o, columns, 0);
    for (let c = 0; c < rows; c += ROWS) {
      const x = rowsAt(frame, points, c);
      const to = du + <usize>c * row + ((<usize>o) << 2);
      outerTile(sums, x, panelPixel(c, rows), 0, 0, dy, GROUP, 1, 1, tiles, to, row, ROWS, CHANNELS);
    }
  }
}

/** The stream of ROWS channels from `c` on. */
function rowsAt(frame: WinogradFrame, points: usize, c: i32): usize {
  return streamAt(frame, points, c & -CHANNELS, frame.inChannels, 0) + ((<usize>(c & (CHANNELS - 1))) << 2);
}

/** c = a w for PIXELS rows of a, `stride` bytes apart, and the CHANNELS columns of a panel without a bias. */
function multiplyTile(a0: usize, stride: usize, length: i32, panel: usize, c: usize, cStride: usize): void {
  let a1 = a0 + stride;
  let a2 = a1 + stride;
  let a3 = a2 + stride;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let k = 0; k < length; k++) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    panel += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStride;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStride;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStride;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** `multiplyTile` for a panel of twice the columns. */
function multiplyWideTile(a0: usize, stride: usize, length: i32, panel: usize, c: usize, cStride: usize): void {
  let a1 = a0 + stride;
  let a2 = a1 + stride;
  let a3 = a2 + stride;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  let c20 = c00;
  let c21 = c00;
  let c22 = c00;
  let c23 = c00;
  let c30 = c00;
  let c31 = c00;
  let c32 = c00;
  let c33 = c00;
  const end = panel + ((<usize>length) << 6);
  while (panel < end) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32);
    const b3 = v128.load(panel, 48);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    c02 = multiplyAdd(x, b2, c02);
    c03 = multiplyAdd(x, b3, c03);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    c12 = multiplyAdd(x, b2, c12);
    c13 = multiplyAdd(x, b3, c13);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    c22 = multiplyAdd(x, b2, c22);
    c23 = multiplyAdd(x, b3, c23);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    c32 = multiplyAdd(x, b2, c32);
    c33 = multiplyAdd(x, b3, c33);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    panel += 64;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  c += cStride;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  v128.store(c, c12, 32);
  v128.store(c, c13, 48);
  c += cStride;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  v128.store(c, c22, 32);
  v128.store(c, c23, 48);
  c += cStride;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  v128.store(c, c32, 32);
  v128.store(c, c33, 48);
}
