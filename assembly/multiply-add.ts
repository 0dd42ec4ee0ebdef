/** The step of every register tile, and all that differs between the portable and the relaxed builds. */

/**
 * Whether one instruction multiplies and adds. Where the processor fuses the two, that is half the instructions and the
 * product is not rounded: other bits than on a processor that does not fuse them.
 */
export const RELAXED: bool = isDefined(RELAXED_SIMD);

/** sum + a b. */
export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (RELAXED) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}
