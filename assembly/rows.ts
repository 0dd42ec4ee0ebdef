/**
 * Passes over rows of `width` elements, a multiple of 8, with coefficients that differ along the row. `length` counts
 * all elements; those that fill no row, at the end, are done one by one.
 */
import { upper } from './lanes';

/** Sums over rows are float32 within a chunk of so many, float64 over the chunks. */
const CHUNK: i32 = 16;

/** sums[k] += sum over rows of x[k]; sums in float64. */
export function addElements(length: i32, width: i32, x: usize, sums: usize): void {
  const row = (<usize>width) << 2;
  for (let rows = length / width; rows > 0; rows -= CHUNK) {
    const end = x + <usize>min(rows, CHUNK) * row;
    for (let k: usize = 0; k < row; k += 32) {
      let low = f32x4.splat(0);
      let high = f32x4.splat(0);
      for (let p = x + k; p < end; p += row) {
        low = f32x4.add(low, v128.load(p));
        high = f32x4.add(high, v128.load(p, 16));
      }
      accumulate(sums + 2 * k, low, high);
    }
    x = end;
  }
  for (let k: usize = 0; k < rest(length, width); k += 4) accumulateOne(sums + 2 * k, load<f32>(x + k));
}

/** sums[k] += sum over rows of (x[k] - centre[k])^2; sums in float64. */
export function addSquares(length: i32, width: i32, x: usize, centre: usize, sums: usize): void {
  const row = (<usize>width) << 2;
  for (let rows = length / width; rows > 0; rows -= CHUNK) {
    const end = x + <usize>min(rows, CHUNK) * row;
    for (let k: usize = 0; k < row; k += 32) {
      const lowCentre = v128.load(centre + k);
      const highCentre = v128.load(centre + k, 16);
      let low = f32x4.splat(0);
      let high = f32x4.splat(0);
      for (let p = x + k; p < end; p += row) {
        const a = f32x4.sub(v128.load(p), lowCentre);
        const b = f32x4.sub(v128.load(p, 16), highCentre);
        low = f32x4.add(low, f32x4.mul(a, a));
        high = f32x4.add(high, f32x4.mul(b, b));
      }
      accumulate(sums + 2 * k, low, high);
    }
    x = end;
  }
  for (let k: usize = 0; k < rest(length, width); k += 4) {
    const distance = load<f32>(x + k) - load<f32>(centre + k);
    accumulateOne(sums + 2 * k, distance * distance);
  }
}

/** y[k] = (x[k] - centre[k]) scale[k] + shift[k]. */
export function affine(length: i32, width: i32, x: usize, centre: usize, scale: usize, shift: usize, y: usize): void {
  const row = (<usize>width) << 2;
  for (let rows = length / width; rows > 0; rows--) {
    for (let k: usize = 0; k < row; k += 32, x += 32, y += 32) {
      const a = f32x4.mul(f32x4.sub(v128.load(x), v128.load(centre + k)), v128.load(scale + k));
      const b = f32x4.mul(f32x4.sub(v128.load(x, 16), v128.load(centre + k, 16)), v128.load(scale + k, 16));
      v128.store(y, f32x4.add(a, v128.load(shift + k)));
      v128.store(y, f32x4.add(b, v128.load(shift + k, 16)), 16);
    }
  }
  for (let k: usize = 0; k < rest(length, width); k += 4) {
    const distance = load<f32>(x + k) - load<f32>(centre + k);
    store<f32>(y + k, distance * load<f32>(scale + k) + load<f32>(shift + k));
  }
}

/**
 * y[k] = x[k] scale[k], and on the way sums[k] += x[k] and products[k] += x[k] (z[k] - centre[k]) over the rows, both
 * in float64.
 */
export function scaleAndAdd(
  length: i32,
  width: i32,
  x: usize,
  z: usize,
  centre: usize,
  scale: usize,
  y: usize,
  sums: usize,
  products: usize,
): void {
  const row = (<usize>width) << 2;
  for (let rows = length / width; rows > 0; rows -= CHUNK) {
    const end = x + <usize>min(rows, CHUNK) * row;
    for (let k: usize = 0; k < row; k += 32) {
      const lowCentre = v128.load(centre + k);
      const highCentre = v128.load(centre + k, 16);
      const lowScale = v128.load(scale + k);
      const highScale = v128.load(scale + k, 16);
      let lowSum = f32x4.splat(0);
      let highSum = f32x4.splat(0);
      let lowProduct = f32x4.splat(0);
      let highProduct = f32x4.splat(0);
      for (let p = x + k, q = z + k, r = y + k; p < end; p += row, q += row, r += row) {
        const a = v128.load(p);
        const b = v128.load(p, 16);
        lowSum = f32x4.add(lowSum, a);
        highSum = f32x4.add(highSum, b);
        lowProduct = f32x4.add(lowProduct, f32x4.mul(a, f32x4.sub(v128.load(q), lowCentre)));
        highProduct = f32x4.add(highProduct, f32x4.mul(b, f32x4.sub(v128.load(q, 16), highCentre)));
        v128.store(r, f32x4.mul(a, lowScale));
        v128.store(r, f32x4.mul(b, highScale), 16);
      }
      accumulate(sums + 2 * k, lowSum, highSum);
      accumulate(products + 2 * k, lowProduct, highProduct);
    }
    z += end - x;
    y += end - x;
    x = end;
  }
  for (let k: usize = 0; k < rest(length, width); k += 4) {
    const element = load<f32>(x + k);
    accumulateOne(sums + 2 * k, element);
    accumulateOne(products + 2 * k, element * (load<f32>(z + k) - load<f32>(centre + k)));
    store<f32>(y + k, element * load<f32>(scale + k));
  }
}

/** Bytes of the elements that fill no row. */
function rest(length: i32, width: i32): usize {
  return (<usize>(length % width)) << 2;
}

/** Adds eight float32 to eight float64. */
function accumulate(sums: usize, low: v128, high: v128): void {
  addPair(sums, low);
  addPair(sums + 16, upper(low));
  addPair(sums + 32, high);
  addPair(sums + 48, upper(high));
}

/** Adds the lower two float32 to two float64. */
function addPair(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)));
}

function accumulateOne(sum: usize, x: f64): void {
  store<f64>(sum, load<f64>(sum) + x);
}
