/** Weighted sums of one and of two tensors; more terms are added one by one. y may be any of the inputs. */
import { loadPart, storePart } from './lanes';

function sum4(a: v128, u: v128, b: v128, v: v128): v128 {
  return f32x4.add(f32x4.mul(u, a), f32x4.mul(v, b));
}

/** y = u a. */
export function scale(length: i32, a: usize, u: f32, y: usize): void {
  const factor = f32x4.splat(u);
  for (; length >= 8; length -= 8, a += 32, y += 32) {
    const low = f32x4.mul(factor, v128.load(a));
    const high = f32x4.mul(factor, v128.load(a, 16));
    v128.store(y, low);
    v128.store(y, high, 16);
  }
  for (; length > 0; length -= 4, a += 16, y += 16) storePart(y, f32x4.mul(factor, loadPart(a, length)), length);
}

/** y = u a + v b. */
export function weightedSum(length: i32, a: usize, u: f32, b: usize, v: f32, y: usize): void {
  const us = f32x4.splat(u);
  const vs = f32x4.splat(v);
  for (; length >= 8; length -= 8, a += 32, b += 32, y += 32) {
    const low = sum4(v128.load(a), us, v128.load(b), vs);
    const high = sum4(v128.load(a, 16), us, v128.load(b, 16), vs);
    v128.store(y, low);
    v128.store(y, high, 16);
  }
  for (; length > 0; length -= 4, a += 16, b += 16, y += 16) {
    storePart(y, sum4(loadPart(a, length), us, loadPart(b, length), vs), length);
  }
}
