/** The matrix products at one point of the Winograd domain: whole tiles only, every channel count a multiple of 8. */
import { multiplyAdd } from './multiply-add';
import { outerTile, outerWideTile } from './outer';
import { CHANNELS, PIXELS, ROWS, WIDE } from './tiles';
import { GROUP } from './winograd-transforms';

/** products = points x panels: `tiles` rows of `length` elements, `columns` columns; rows of products `product` bytes apart. */
export function multiply(
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
        const a = points + <usize>t * row;
        multiplyWideTile(a, row, length, panels, panels + panel, products + <usize>t * product, product);
      }
    }
  }
  for (; o < columns; o += CHANNELS, panels += panel, products += GROUP) {
    for (let t = 0; t < tiles; t += PIXELS) {
      multiplyTile(points + <usize>t * row, row, length, panels, products + <usize>t * product, product);
    }
  }
}

/**
 * du [rows,columns] += the sum over `tiles` tiles of the outer products of points and gradients, both in streams of
 * CHANNELS elements a tile, `stream` bytes apart.
 *
 * @param sums TILE_BYTES of workspace
 */
export function addProducts(
  sums: usize,
  points: usize,
  rows: i32,
  gradients: usize,
  columns: i32,
  tiles: i32,
  stream: usize,
  du: usize,
): void {
  const row = (<usize>columns) << 2;
  let o = 0;
  if (WIDE) {
    for (; o + 2 * CHANNELS <= columns; o += 2 * CHANNELS, gradients += 2 * stream) {
      for (let c = 0; c < rows; c += ROWS) {
        const x = points + <usize>(c >> 3) * stream + ((<usize>(c & 7)) << 2);
        const to = du + <usize>c * row + ((<usize>o) << 2);
        outerWideTile(sums, x, GROUP, gradients, gradients + stream, tiles, to, row);
      }
    }
  }
  for (; o < columns; o += CHANNELS, gradients += stream) {
    for (let c = 0; c < rows; c += ROWS) {
      const x = points + <usize>(c >> 3) * stream + ((<usize>(c & 7)) << 2);
      const to = du + <usize>c * row + ((<usize>o) << 2);
      outerTile(sums, x, GROUP, 0, 0, gradients, 1, 1, tiles, to, row, ROWS, CHANNELS);
    }
  }
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

/** `multiplyTile` for two panels, `panel` and `next`: twice the columns from the same loads of a. */
function multiplyWideTile(
  a0: usize,
  stride: usize,
  length: i32,
  panel: usize,
  next: usize,
  c: usize,
  cStride: usize,
): void {
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
  for (let k = 0; k < length; k++) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(next);
    const b3 = v128.load(next, 16);
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
    panel += 32;
    next += 32;
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
