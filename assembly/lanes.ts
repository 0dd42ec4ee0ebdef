/** Between memory, the four lanes of a vector, and float64: tails, transposition, sums. */

/** The first `count` (at least 1) elements at `address`, four at most; the other lanes are 0. */
export function loadPart(address: usize, count: i32): v128 {
  return loadPadded(address, count, f32x4.splat(0));
}

/** `loadPart` with the other lanes from `padding`. */
export function loadPadded(address: usize, count: i32, padding: v128): v128 {
  if (count >= 4) return v128.load(address);
  let x = v128.load32_lane(address, padding, 0);
  if (count > 1) x = v128.load32_lane(address, x, 1, 4);
  if (count > 2) x = v128.load32_lane(address, x, 2, 8);
  return x;
}

/** Stores the first `count` (at least 1) lanes, four at most. */
export function storePart(address: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(address, x);
    return;
  }
  v128.store32_lane(address, x, 0);
  if (count > 1) v128.store32_lane(address, x, 1, 4);
  if (count > 2) v128.store32_lane(address, x, 2, 8);
}

/** Lane i is the element at `address + i stride`, in bytes. */
export function gather(address: usize, stride: usize): v128 {
  const x = v128.load32_lane(address + stride, v128.load32_zero(address), 1);
  address += 2 * stride;
  return v128.load32_lane(address + stride, v128.load32_lane(address, x, 2), 3);
}

/** Stores lane i at `address + i stride`, in bytes. */
export function scatter(address: usize, stride: usize, x: v128): void {
  v128.store32_lane(address, x, 0);
  v128.store32_lane(address + stride, x, 1);
  address += 2 * stride;
  v128.store32_lane(address, x, 2);
  v128.store32_lane(address + stride, x, 3);
}

/** The upper two lanes in the place of the lower two. */
export function upper(x: v128): v128 {
  return i32x4.shuffle(x, x, 2, 3, 0, 1);
}

/** Four float32 as two float64 of the same sum: how partial sums enter a long one. */
export function widen(x: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(upper(x)));
}

/** The sum of two float64 lanes. */
export function sumLanes64(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
