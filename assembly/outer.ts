/**
 * Sums of outer products over pixels, for weight gradients: dw[i, n] += sum over pixels of x[pixel, i] dy[pixel, n].
 * Both operands are packed in blocks (`packBlocks4`, `packPanels`), so that every inner loop reads two streams.
 */
import { loadPart, storePart } from './lanes';
import { multiplyAdd } from './multiply-add';

/**
 * Adds to ROWS x CHANNELS elements of dw (`validRows` x `valid` of them), whose rows lie `dwStride` bytes apart.
 *
 * @param sums TILE_BYTES of workspace
 * @param x the first pixel of the block; pixels lie `xPixel` bytes apart, rows `xRow`, images `xImage`
 * @param dy all pixels in one stream, `dyPixel` bytes apart
 */
export function outerTile(
  sums: usize,
  x: usize,
  xPixel: usize,
  xRow: usize,
  xImage: usize,
  dy: usize,
  dyPixel: usize,
  images: i32,
  rows: i32,
  width: i32,
  dw: usize,
  dwStride: usize,
  validRows: i32,
  valid: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let n = 0; n < images; n++, x += xImage) {
    let row = x;
    for (let y = 0; y < rows; y++, row += xRow) {
      let at = row;
      const end = dy + <usize>width * dyPixel;
      for (; dy < end; dy += dyPixel, at += xPixel) {
        const b0 = v128.load(dy);
        const b1 = v128.load(dy, 16);
        let a = v128.load32_splat(at);
        c00 = multiplyAdd(a, b0, c00);
        c01 = multiplyAdd(a, b1, c01);
        a = v128.load32_splat(at, 4);
        c10 = multiplyAdd(a, b0, c10);
        c11 = multiplyAdd(a, b1, c11);
        a = v128.load32_splat(at, 8);
        c20 = multiplyAdd(a, b0, c20);
        c21 = multiplyAdd(a, b1, c21);
        a = v128.load32_splat(at, 12);
        c30 = multiplyAdd(a, b0, c30);
        c31 = multiplyAdd(a, b1, c31);
      }
    }
  }
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c10, 32);
  v128.store(sums, c11, 48);
  v128.store(sums, c20, 64);
  v128.store(sums, c21, 80);
  v128.store(sums, c30, 96);
  v128.store(sums, c31, 112);
  for (let i = 0; i < validRows; i++, sums += 32, dw += dwStride) addRow(dw, sums, valid);
}

/**
 * `outerTile` for whole tiles of one row of pixels and twice the columns, which lie in one stream, `dy`.
 *
 * @param sums TILE_BYTES of workspace
 */
export function outerWideTile(x: usize, xPixel: usize, dy: usize, pixels: i32, dw: usize, dwStride: usize): void {
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
  const end = dy + ((<usize>pixels) << 6);
  for (; dy < end; dy += 64, x += xPixel) {
    const b0 = v128.load(dy);
    const b1 = v128.load(dy, 16);
    const b2 = v128.load(dy, 32);
    const b3 = v128.load(dy, 48);
    let a = v128.load32_splat(x);
    c00 = multiplyAdd(a, b0, c00);
    c01 = multiplyAdd(a, b1, c01);
    c02 = multiplyAdd(a, b2, c02);
    c03 = multiplyAdd(a, b3, c03);
    a = v128.load32_splat(x, 4);
    c10 = multiplyAdd(a, b0, c10);
    c11 = multiplyAdd(a, b1, c11);
    c12 = multiplyAdd(a, b2, c12);
    c13 = multiplyAdd(a, b3, c13);
    a = v128.load32_splat(x, 8);
    c20 = multiplyAdd(a, b0, c20);
    c21 = multiplyAdd(a, b1, c21);
    c22 = multiplyAdd(a, b2, c22);
    c23 = multiplyAdd(a, b3, c23);
    a = v128.load32_splat(x, 12);
    c30 = multiplyAdd(a, b0, c30);
    c31 = multiplyAdd(a, b1, c31);
    c32 = multiplyAdd(a, b2, c32);
    c33 = multiplyAdd(a, b3, c33);
  }
  addRow16(dw, c00, c01, c02, c03);
  dw += dwStride;
  addRow16(dw, c10, c11, c12, c13);
  dw += dwStride;
  addRow16(dw, c20, c21, c22, c23);
  dw += dwStride;
  addRow16(dw, c30, c31, c32, c33);
}

/** Adds 16 sums: everything is loaded before anything is stored, or V8's vectoriser could not fuse the pairs. */
function addRow16(dw: usize, a: v128, b: v128, c: v128, d: v128): void {
  a = f32x4.add(v128.load(dw), a);
  b = f32x4.add(v128.load(dw, 16), b);
  c = f32x4.add(v128.load(dw, 32), c);
  d = f32x4.add(v128.load(dw, 48), d);
  v128.store(dw, a);
  v128.store(dw, b, 16);
  v128.store(dw, c, 32);
  v128.store(dw, d, 48);
}

/** Adds the first `valid` of CHANNELS sums. */
function addRow(dw: usize, sums: usize, valid: i32): void {
  let c = 0;
  for (; c + 4 <= valid; c += 4, dw += 16, sums += 16) v128.store(dw, f32x4.add(v128.load(dw), v128.load(sums)));
  for (; c < valid; c++, dw += 4, sums += 4) store<f32>(dw, load<f32>(dw) + load<f32>(sums));
}

/**
 * sums[n] = sum over pixels of dy[pixel, n]: rows of `width` pixels first, then the rows, to keep the error small. Four
 * vectors of channels go together: one sum alone would wait for each of its additions.
 */
export function columnSums(dy: usize, rows: i32, width: i32, channels: i32, sums: usize): void {
  memory.fill(sums, 0, (<usize>channels) << 2);
  const stride = (<usize>channels) << 2;
  for (let y = 0; y < rows; y++, dy += <usize>width * stride) {
    let c = 0;
    for (; c + 16 <= channels; c += 16) addColumns16(dy + ((<usize>c) << 2), width, stride, sums + ((<usize>c) << 2));
    for (; c < channels; c += 4)
      addColumns4(dy + ((<usize>c) << 2), width, stride, min(4, channels - c), sums + ((<usize>c) << 2));
  }
}

/** Adds the sums of 16 columns over a row of pixels. */
function addColumns16(dy: usize, width: i32, stride: usize, sums: usize): void {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let x = 0; x < width; x++, dy += stride) {
    a = f32x4.add(a, v128.load(dy));
    b = f32x4.add(b, v128.load(dy, 16));
    c = f32x4.add(c, v128.load(dy, 32));
    d = f32x4.add(d, v128.load(dy, 48));
  }
  v128.store(sums, f32x4.add(v128.load(sums), a));
  v128.store(sums, f32x4.add(v128.load(sums, 16), b), 16);
  v128.store(sums, f32x4.add(v128.load(sums, 32), c), 32);
  v128.store(sums, f32x4.add(v128.load(sums, 48), d), 48);
}

/** The same of the first `valid` of four columns. */
function addColumns4(dy: usize, width: i32, stride: usize, valid: i32, sums: usize): void {
  let sum = f32x4.splat(0);
  if (valid === 4) for (let x = 0; x < width; x++, dy += stride) sum = f32x4.add(sum, v128.load(dy));
  else for (let x = 0; x < width; x++, dy += stride) sum = f32x4.add(sum, loadPart(dy, valid));
  storePart(sums, f32x4.add(loadPart(sums, valid), sum), valid);
}
