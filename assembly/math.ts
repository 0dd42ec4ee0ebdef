/**
 * exp and log on four lanes, compiled from IEEE-exact operations alone, so that their bits are the same on every
 * machine (JavaScript's Math.exp and Math.log are not). Polynomials: Cephes expf and logf (S. L. Moshier), about
 * 1 ulp; arguments are reduced by Cody and Waite's two-part constants.
 */

const LOG2E: f32 = <f32>Math.LOG2E;
/** ln 2 in two parts: the first has few bits, so that an integer times it is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444e-4;

/** Below it exp is not a normal number. */
const EXP_LOWEST: f32 = -87.33654;

/** p x + c, a step of Horner's scheme. */
function step(p: v128, x: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(p, x), f32x4.splat(c));
}

/** exp(x); 0 below -87.3 and exp(88) above 88: nothing overflows. */
export function exp(x: v128): v128 {
  const lowest = f32x4.splat(EXP_LOWEST);
  const vanishes = f32x4.lt(x, lowest);
  x = f32x4.pmin(f32x4.pmax(x, lowest), f32x4.splat(88));
  // x = n ln 2 + r with |r| <= ln 2 / 2
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2E)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.98756915e-4);
  p = step(p, r, 1.3981999507e-3);
  p = step(p, r, 8.3334519073e-3);
  p = step(p, r, 4.1665795894e-2);
  p = step(p, r, 1.6666665459e-1);
  p = step(p, r, 5.0000001201e-1);
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(y, power), vanishes);
}

/** ln(x) for positive, normal x. */
export function log(x: v128): v128 {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2))
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const z = f32x4.sub(m, f32x4.splat(1));
  let p = f32x4.splat(7.0376836292e-2);
  p = step(p, z, -1.151461031e-1);
  p = step(p, z, 1.167699874e-1);
  p = step(p, z, -1.2420140846e-1);
  p = step(p, z, 1.4249322787e-1);
  p = step(p, z, -1.6668057665e-1);
  p = step(p, z, 2.0000714765e-1);
  p = step(p, z, -2.4999993993e-1);
  p = step(p, z, 3.3333331174e-1);
  const zz = f32x4.mul(z, z);
  let y = f32x4.mul(f32x4.mul(p, z), zz);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(f32x4.splat(0.5), zz));
  return f32x4.add(f32x4.add(z, y), f32x4.mul(e, f32x4.splat(LN2_HIGH)));
}

/** ln(1 + x) for x >= 0, accurate for tiny x too: what 1 + x rounds away is added to first order. */
export function log1p(x: v128): v128 {
  const one = f32x4.splat(1);
  const w = f32x4.add(one, x);
  return f32x4.add(log(w), f32x4.div(f32x4.sub(x, f32x4.sub(w, one)), w));
}

/** 1 / (1 + exp(-x)). */
export function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}
