/**
 * Matrix products whose left operand is gathered from an activation: each output pixel is the dot product of a few
 * runs of contiguous elements (one run for a 1x1 convolution, three rows for a 3x3 one) with the columns of a weight
 * matrix packed in panels. Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008.
 */
import { storePart } from './lanes';
import { multiplyAdd } from './multiply-add';
import { CHANNELS, PIXELS, TILE_BYTES, VECTOR, WIDE } from './tiles';

/**
 * c[pixel, n] = bias[n] + sum over k of a[pixel, k] w[k, n], then ReLU if asked for.
 *
 * @param table TILE_BYTES of workspace, then a pair of offsets in bytes for each pixel: into `a`, into `c`
 * @param pixels a multiple of PIXELS
 * @param segments runs of `segmentLength` elements, `segmentStride` bytes apart, that make up a row of a
 * @param panels as `packBias` and `packRows` make them
 */
export function gemm(
  table: usize,
  pixels: i32,
  a: usize,
  segments: i32,
  segmentStride: usize,
  segmentLength: i32,
  panels: usize,
  columns: i32,
  relu: bool,
  c: usize,
): void {
  const sums = table;
  const bytes = (<usize>((1 + segments * segmentLength) * CHANNELS)) << 2;
  const jump = segmentStride - ((<usize>segmentLength) << 2);
  const first = table + TILE_BYTES;
  const end = first + ((<usize>pixels) << 3);
  let n = 0;
  if (WIDE) {
    for (; n + 2 * CHANNELS <= columns; n += 2 * CHANNELS, panels += 2 * bytes, c += (2 * CHANNELS) << 2) {
      for (let t = first; t < end; t += PIXELS << 3) {
        const a0 = a + load<u32>(t);
        const a1 = a + load<u32>(t, 8);
        const a2 = a + load<u32>(t, 16);
        const a3 = a + load<u32>(t, 24);
        const c0 = c + load<u32>(t, 4);
        const c1 = c + load<u32>(t, 12);
        const c2 = c + load<u32>(t, 20);
        const c3 = c + load<u32>(t, 28);
        wideDotTile(a0, a1, a2, a3, segments, jump, segmentLength, panels, relu, c0, c1, c2, c3);
      }
    }
  }
  for (; n < columns; n += CHANNELS, panels += bytes, c += CHANNELS << 2) {
    const valid = min(CHANNELS, columns - n);
    for (let t = first; t < end; t += PIXELS << 3) {
      const a0 = a + load<u32>(t);
      const a1 = a + load<u32>(t, 8);
      const a2 = a + load<u32>(t, 16);
      const a3 = a + load<u32>(t, 24);
      dotTile(a0, a1, a2, a3, segments, jump, segmentLength, panels, sums);
      for (let p = 0; p < PIXELS; p++) {
        const from = sums + ((<usize>p) << 5);
        const to = c + load<u32>(t + ((<usize>p) << 3), 4);
        storeRow(to, v128.load(from), v128.load(from, VECTOR), relu, valid);
      }
    }
  }
}

/** PIXELS x CHANNELS sums, held in registers over the whole row of a, then stored to `sums`. */
function dotTile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  segments: i32,
  jump: usize,
  segmentLength: i32,
  panel: usize,
  sums: usize,
): void {
  let c00 = v128.load(panel);
  let c01 = v128.load(panel, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  panel += 32;
  for (let s = 0; s < segments; s++) {
    for (let k = 0; k < segmentLength; k++) {
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
    a0 += jump;
    a1 += jump;
    a2 += jump;
    a3 += jump;
  }
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c10, 32);
  v128.store(sums, c11, 48);
  v128.store(sums, c20, 64);
  v128.store(sums, c21, 80);
  v128.store(sums, c30, 96);
  v128.store(sums, c31, 112);
}

/** `dotTile` for a panel of twice the columns, stored where they belong: at `y0` to `y3`, after ReLU if asked for. */
function wideDotTile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  segments: i32,
  jump: usize,
  segmentLength: i32,
  panel: usize,
  relu: bool,
  y0: usize,
  y1: usize,
  y2: usize,
  y3: usize,
): void {
  let c00 = v128.load(panel);
  let c01 = v128.load(panel, 16);
  let c02 = v128.load(panel, 32);
  let c03 = v128.load(panel, 48);
  let c10 = c00;
  let c11 = c01;
  let c12 = c02;
  let c13 = c03;
  let c20 = c00;
  let c21 = c01;
  let c22 = c02;
  let c23 = c03;
  let c30 = c00;
  let c31 = c01;
  let c32 = c02;
  let c33 = c03;
  panel += 64;
  for (let s = 0; s < segments; s++) {
    for (let k = 0; k < segmentLength; k++) {
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
    a0 += jump;
    a1 += jump;
    a2 += jump;
    a3 += jump;
  }
  storeWideRow(y0, c00, c01, c02, c03, relu);
  storeWideRow(y1, c10, c11, c12, c13, relu);
  storeWideRow(y2, c20, c21, c22, c23, relu);
  storeWideRow(y3, c30, c31, c32, c33, relu);
}

/** The columns of a wide tile, after ReLU if asked for. */
function storeWideRow(y: usize, a: v128, b: v128, c: v128, d: v128, relu: bool): void {
  if (relu) {
    const zero = f32x4.splat(0);
    a = f32x4.pmax(a, zero);
    b = f32x4.pmax(b, zero);
    c = f32x4.pmax(c, zero);
    d = f32x4.pmax(d, zero);
  }
  v128.store(y, a);
  v128.store(y, b, 16);
  v128.store(y, c, 32);
  v128.store(y, d, 48);
}

/** The first `valid` of CHANNELS elements, after ReLU if asked for. */
function storeRow(c: usize, low: v128, high: v128, relu: bool, valid: i32): void {
  if (relu) {
    low = f32x4.pmax(low, f32x4.splat(0));
    high = f32x4.pmax(high, f32x4.splat(0));
  }
  if (valid === CHANNELS) {
    v128.store(c, low);
    v128.store(c, high, 16);
  } else if (valid > 4) {
    v128.store(c, low);
    storePart(c + 16, high, valid - 4);
  } else if (valid === 4) {
    v128.store(c, low);
  } else {
    storePart(c, low, valid);
  }
}
