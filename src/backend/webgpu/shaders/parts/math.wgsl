// exp and log, the twin of assembly/math.ts: those of WGSL may be off by hundreds of ulp. Polynomials: Cephes expf and
// logf (S. L. Moshier); arguments are reduced by Cody and Waite's two-part constants.

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const EXP_LOWEST = -87.33654;

// Drivers may take it for granted that there is no NaN, and fold v != v to false: its bits tell.
fn isNan(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
}

// v > 0, infinity included and NaN not. Drivers may take numbers below the smallest normal one for 0: the bits tell, too.
fn isPositive(v: f32) -> bool {
  return bitcast<u32>(v) - 1u < 0x7f800000u;
}

// exp(x); 0 below -87.3 and exp(88) above 88: nothing overflows. NaN stays NaN.
fn exp_(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (x < EXP_LOWEST) { return 0.0; }
  let v = min(x, 88.0);
  // v = n ln 2 + r with |r| <= ln 2 / 2
  let n = round(v * 1.44269504);
  var r = v - n * LN2_HIGH;
  r = r - n * LN2_LOW;
  var p = 1.98756915e-4;
  p = p * r + 1.3981999507e-3;
  p = p * r + 8.3334519073e-3;
  p = p * r + 4.1665795894e-2;
  p = p * r + 1.6666665459e-1;
  p = p * r + 5.0000001201e-1;
  let y = p * (r * r) + r + 1.0;
  return y * bitcast<f32>(u32(i32(n) + 127) << 23u);
}

// ln(x) for positive, normal x.
fn log_(x: f32) -> f32 {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2))
  let bits = bitcast<i32>(x) - 0x3f3504f3;
  let m = bitcast<f32>((bits & 0x007fffff) + 0x3f3504f3);
  return lnOf(m - 1.0, f32(bits >> 23u));
}

// ln(1 + x) for x >= 0, accurate for tiny x too. What 1 + x rounds away cannot be had back as x - ((1 + x) - 1), which
// drivers may take for 0: so 1 + x is not computed where it matters. NaN stays NaN.
fn log1p_(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (x < 0.41421356) { return lnOf(x, 0.0); }
  return log_(1.0 + x);
}

// ln((1 + z) 2^e) with 1 + z in [sqrt(1/2), sqrt(2)).
fn lnOf(z: f32, e: f32) -> f32 {
  var p = 7.0376836292e-2;
  p = p * z - 1.151461031e-1;
  p = p * z + 1.167699874e-1;
  p = p * z - 1.2420140846e-1;
  p = p * z + 1.4249322787e-1;
  p = p * z - 1.6668057665e-1;
  p = p * z + 2.0000714765e-1;
  p = p * z - 2.4999993993e-1;
  p = p * z + 3.3333331174e-1;
  let zz = z * z;
  var y = p * z * zz;
  y = y + e * LN2_LOW;
  y = y - 0.5 * zz;
  return z + y + e * LN2_HIGH;
}

// 1 / (1 + exp(-x)).
fn logistic(x: f32) -> f32 {
  return 1.0 / (1.0 + exp_(-x));
}
