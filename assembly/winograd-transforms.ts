/**
 * The transforms of Winograd's minimal filtering F(4x4, 3x3): 16 outputs of a 3x3 convolution from 36 products instead
 * of 144. Winograd, "Arithmetic complexity of computations", 1980; Lavin and Gray, "Fast algorithms for convolutional
 * neural networks", 2016: Y = A^T [(G g G^T) . (B^T d B)] A.
 *
 * The points are 0, +-a, +-b and infinity with a = sqrt(1/2), b = sqrt(2), as in ncnn: their rounding error is about
 * half that of the usual 0, +-1, +-2. A has the powers of the points, G the powers over the products of differences of
 * points (1, -3/2, 6), B the coefficients of the products of the other points' monomials.
 *
 * Each function is one-dimensional: it transforms the values of a line for `lines` lines that lie `Line` bytes apart; the
 * values of a line lie `Step` bytes apart, or each at an address of its own. A value is a group of 8 channels, a pair of
 * vectors (`x`, `x_`) that V8's vectoriser can fuse. `k` is where the coefficients are.
 */

/** Bytes of a group of 8 channels. */
export const GROUP: usize = 32;

/** Groups of the points of a tile: 6 x 6. */
export const POINTS: i32 = 36;

/** Where each lies: 1/2, 5/2, a, b, a^3, b^3, 1/3, -2/3, 1/6, a/(-3/2), b/6. */
const HALF: usize = 0;
const FIVE_HALVES: usize = 4;
const A: usize = 8;
const B: usize = 12;
const A_CUBED: usize = 16;
const B_CUBED: usize = 20;
const THIRD: usize = 24;
const MINUS_TWO_THIRDS: usize = 28;
const SIXTH: usize = 32;
const A_SCALED: usize = 36;
const B_SCALED: usize = 40;
const ROW_STEP: usize = 44;

/** A vector behind them, free for any use. */
export const SCRATCH: usize = 48;

/**
 * Writes the coefficients. V8 makes a constant vector anew wherever it is used, in four instructions for 256 bits; one
 * that is read from memory is a single broadcast.
 */
export function storeCoefficients(to: usize): void {
  store<f32>(to, 0.5, HALF);
  store<f32>(to, 2.5, FIVE_HALVES);
  store<f32>(to, Mathf.SQRT1_2, A);
  store<f32>(to, Mathf.SQRT2, B);
  store<f32>(to, 0.3535533905932738, A_CUBED);
  store<f32>(to, 2.8284271247461903, B_CUBED);
  store<f32>(to, 0.3333333333333333, THIRD);
  store<f32>(to, -0.6666666666666666, MINUS_TWO_THIRDS);
  store<f32>(to, 0.16666666666666666, SIXTH);
  store<f32>(to, -0.4714045207910317, A_SCALED);
  store<f32>(to, 0.23570226039551584, B_SCALED);
  store<usize>(to, 6 * GROUP, ROW_STEP);
}

/**
 * Bytes of six groups. A compiler that knew the number would give each store of `inputPoints` its own constant
 * offset, and then V8's vectoriser pairs the first two only.
 */
export function rowStep(k: usize): usize {
  return load<usize>(k, ROW_STEP);
}

/** v = B^T d: six pixels to six points. */
export function inputPoints(
  k: usize,
  lines: i32,
  d0At: usize,
  d1At: usize,
  d2At: usize,
  d3At: usize,
  d4At: usize,
  d5At: usize,
  dLine: usize,
  v: usize,
  vLine: usize,
  vStep: usize,
): void {
  const half = v128.load32_splat(k, HALF);
  const fiveHalves = v128.load32_splat(k, FIVE_HALVES);
  const a = v128.load32_splat(k, A);
  const b = v128.load32_splat(k, B);
  for (; lines > 0; lines--, v += vLine) {
    const d0 = v128.load(d0At);
    const d0_ = v128.load(d0At, 16);
    const d1 = v128.load(d1At);
    const d1_ = v128.load(d1At, 16);
    const d2 = v128.load(d2At);
    const d2_ = v128.load(d2At, 16);
    const d3 = v128.load(d3At);
    const d3_ = v128.load(d3At, 16);
    const d4 = v128.load(d4At);
    const d4_ = v128.load(d4At, 16);
    const d5 = v128.load(d5At);
    const d5_ = v128.load(d5At, 16);
    const even = f32x4.sub(d4, f32x4.add(d2, d2));
    const even_ = f32x4.sub(d4_, f32x4.add(d2_, d2_));
    const odd = f32x4.mul(f32x4.sub(d3, f32x4.add(d1, d1)), a);
    const odd_ = f32x4.mul(f32x4.sub(d3_, f32x4.add(d1_, d1_)), a);
    const far = f32x4.sub(d4, f32x4.mul(d2, half));
    const far_ = f32x4.sub(d4_, f32x4.mul(d2_, half));
    const wide = f32x4.mul(f32x4.sub(d3, f32x4.mul(d1, half)), b);
    const wide_ = f32x4.mul(f32x4.sub(d3_, f32x4.mul(d1_, half)), b);
    v128.store(v, f32x4.add(d0, f32x4.sub(d4, f32x4.mul(d2, fiveHalves))));
    v128.store(v, f32x4.add(d0_, f32x4.sub(d4_, f32x4.mul(d2_, fiveHalves))), 16);
    v128.store(v + vStep, f32x4.add(even, odd));
    v128.store(v + vStep, f32x4.add(even_, odd_), 16);
    v128.store(v + 2 * vStep, f32x4.sub(even, odd));
    v128.store(v + 2 * vStep, f32x4.sub(even_, odd_), 16);
    v128.store(v + 3 * vStep, f32x4.add(far, wide));
    v128.store(v + 3 * vStep, f32x4.add(far_, wide_), 16);
    v128.store(v + 4 * vStep, f32x4.sub(far, wide));
    v128.store(v + 4 * vStep, f32x4.sub(far_, wide_), 16);
    v128.store(v + 5 * vStep, f32x4.add(d1, f32x4.sub(d5, f32x4.mul(d3, fiveHalves))));
    v128.store(v + 5 * vStep, f32x4.add(d1_, f32x4.sub(d5_, f32x4.mul(d3_, fiveHalves))), 16);
    d0At += dLine;
    d1At += dLine;
    d2At += dLine;
    d3At += dLine;
    d4At += dLine;
    d5At += dLine;
  }
}

/** y = A^T m: six points to four pixels; see `storeGroup` for what is done with these. */
export function outputPixels(
  k: usize,
  lines: i32,
  m: usize,
  mLine: usize,
  mStep: usize,
  y: usize,
  yLine: usize,
  yStep: usize,
  bias: usize,
  relu: bool,
): void {
  const half = v128.load32_splat(k, HALF);
  const a = v128.load32_splat(k, A);
  const b = v128.load32_splat(k, B);
  const aCubed = v128.load32_splat(k, A_CUBED);
  const bCubed = v128.load32_splat(k, B_CUBED);
  for (; lines > 0; lines--, m += mLine, y += yLine) {
    const m0 = v128.load(m);
    const m0_ = v128.load(m, 16);
    const m1 = v128.load(m + mStep);
    const m1_ = v128.load(m + mStep, 16);
    const m2 = v128.load(m + 2 * mStep);
    const m2_ = v128.load(m + 2 * mStep, 16);
    const m3 = v128.load(m + 3 * mStep);
    const m3_ = v128.load(m + 3 * mStep, 16);
    const m4 = v128.load(m + 4 * mStep);
    const m4_ = v128.load(m + 4 * mStep, 16);
    const m5 = v128.load(m + 5 * mStep);
    const m5_ = v128.load(m + 5 * mStep, 16);
    const near = f32x4.add(m1, m2);
    const near_ = f32x4.add(m1_, m2_);
    const tilt = f32x4.sub(m1, m2);
    const tilt_ = f32x4.sub(m1_, m2_);
    const far = f32x4.add(m3, m4);
    const far_ = f32x4.add(m3_, m4_);
    const slope = f32x4.sub(m3, m4);
    const slope_ = f32x4.sub(m3_, m4_);
    const y0 = f32x4.add(m0, f32x4.add(near, far));
    const y0_ = f32x4.add(m0_, f32x4.add(near_, far_));
    const y1 = f32x4.add(f32x4.mul(tilt, a), f32x4.mul(slope, b));
    const y1_ = f32x4.add(f32x4.mul(tilt_, a), f32x4.mul(slope_, b));
    const y2 = f32x4.add(f32x4.mul(near, half), f32x4.add(far, far));
    const y2_ = f32x4.add(f32x4.mul(near_, half), f32x4.add(far_, far_));
    const y3 = f32x4.add(m5, f32x4.add(f32x4.mul(tilt, aCubed), f32x4.mul(slope, bCubed)));
    const y3_ = f32x4.add(m5_, f32x4.add(f32x4.mul(tilt_, aCubed), f32x4.mul(slope_, bCubed)));
    storeGroup(y, y0, y0_, bias, relu);
    storeGroup(y + yStep, y1, y1_, bias, relu);
    storeGroup(y + 2 * yStep, y2, y2_, bias, relu);
    storeGroup(y + 3 * yStep, y3, y3_, bias, relu);
  }
}

/** Stores a group, with the bias at `b` added where there is one, then ReLU if asked for. */
function storeGroup(y: usize, x: v128, x_: v128, b: usize, relu: bool): void {
  if (b) {
    x = f32x4.add(x, v128.load(b));
    x_ = f32x4.add(x_, v128.load(b, 16));
  }
  if (relu) {
    x = f32x4.pmax(x, f32x4.splat(0));
    x_ = f32x4.pmax(x_, f32x4.splat(0));
  }
  v128.store(y, x);
  v128.store(y, x_, 16);
}

/** u = G g: three taps to six points. */
export function filterPoints(
  k: usize,
  lines: i32,
  g: usize,
  gLine: usize,
  gStep: usize,
  u: usize,
  uLine: usize,
  uStep: usize,
): void {
  const half = v128.load32_splat(k, HALF);
  const third = v128.load32_splat(k, THIRD);
  const minusTwoThirds = v128.load32_splat(k, MINUS_TWO_THIRDS);
  const sixth = v128.load32_splat(k, SIXTH);
  const aScaled = v128.load32_splat(k, A_SCALED);
  const bScaled = v128.load32_splat(k, B_SCALED);
  for (; lines > 0; lines--, g += gLine, u += uLine) {
    const g0 = v128.load(g);
    const g0_ = v128.load(g, 16);
    const g1 = v128.load(g + gStep);
    const g1_ = v128.load(g + gStep, 16);
    const g2 = v128.load(g + 2 * gStep);
    const g2_ = v128.load(g + 2 * gStep, 16);
    const near = f32x4.mul(f32x4.add(g0, f32x4.mul(g2, half)), minusTwoThirds);
    const near_ = f32x4.mul(f32x4.add(g0_, f32x4.mul(g2_, half)), minusTwoThirds);
    const tilt = f32x4.mul(g1, aScaled);
    const tilt_ = f32x4.mul(g1_, aScaled);
    const far = f32x4.add(f32x4.mul(g0, sixth), f32x4.mul(g2, third));
    const far_ = f32x4.add(f32x4.mul(g0_, sixth), f32x4.mul(g2_, third));
    const slope = f32x4.mul(g1, bScaled);
    const slope_ = f32x4.mul(g1_, bScaled);
    v128.store(u, g0);
    v128.store(u, g0_, 16);
    v128.store(u + uStep, f32x4.add(near, tilt));
    v128.store(u + uStep, f32x4.add(near_, tilt_), 16);
    v128.store(u + 2 * uStep, f32x4.sub(near, tilt));
    v128.store(u + 2 * uStep, f32x4.sub(near_, tilt_), 16);
    v128.store(u + 3 * uStep, f32x4.add(far, slope));
    v128.store(u + 3 * uStep, f32x4.add(far_, slope_), 16);
    v128.store(u + 4 * uStep, f32x4.sub(far, slope));
    v128.store(u + 4 * uStep, f32x4.sub(far_, slope_), 16);
    v128.store(u + 5 * uStep, g2);
    v128.store(u + 5 * uStep, g2_, 16);
  }
}

/** m = A y, the transpose of `outputPixels`: the gradients of four pixels to those of six points. */
export function gradientPoints(
  k: usize,
  lines: i32,
  y0At: usize,
  y1At: usize,
  y2At: usize,
  y3At: usize,
  yLine: usize,
  m: usize,
  mLine: usize,
  mStep: usize,
): void {
  const half = v128.load32_splat(k, HALF);
  const a = v128.load32_splat(k, A);
  const b = v128.load32_splat(k, B);
  const aCubed = v128.load32_splat(k, A_CUBED);
  const bCubed = v128.load32_splat(k, B_CUBED);
  for (; lines > 0; lines--, m += mLine) {
    const y0 = v128.load(y0At);
    const y0_ = v128.load(y0At, 16);
    const y1 = v128.load(y1At);
    const y1_ = v128.load(y1At, 16);
    const y2 = v128.load(y2At);
    const y2_ = v128.load(y2At, 16);
    const y3 = v128.load(y3At);
    const y3_ = v128.load(y3At, 16);
    const near = f32x4.add(y0, f32x4.mul(y2, half));
    const near_ = f32x4.add(y0_, f32x4.mul(y2_, half));
    const tilt = f32x4.add(f32x4.mul(y1, a), f32x4.mul(y3, aCubed));
    const tilt_ = f32x4.add(f32x4.mul(y1_, a), f32x4.mul(y3_, aCubed));
    const far = f32x4.add(y0, f32x4.add(y2, y2));
    const far_ = f32x4.add(y0_, f32x4.add(y2_, y2_));
    const slope = f32x4.add(f32x4.mul(y1, b), f32x4.mul(y3, bCubed));
    const slope_ = f32x4.add(f32x4.mul(y1_, b), f32x4.mul(y3_, bCubed));
    v128.store(m, y0);
    v128.store(m, y0_, 16);
    v128.store(m + mStep, f32x4.add(near, tilt));
    v128.store(m + mStep, f32x4.add(near_, tilt_), 16);
    v128.store(m + 2 * mStep, f32x4.sub(near, tilt));
    v128.store(m + 2 * mStep, f32x4.sub(near_, tilt_), 16);
    v128.store(m + 3 * mStep, f32x4.add(far, slope));
    v128.store(m + 3 * mStep, f32x4.add(far_, slope_), 16);
    v128.store(m + 4 * mStep, f32x4.sub(far, slope));
    v128.store(m + 4 * mStep, f32x4.sub(far_, slope_), 16);
    v128.store(m + 5 * mStep, y3);
    v128.store(m + 5 * mStep, y3_, 16);
    y0At += yLine;
    y1At += yLine;
    y2At += yLine;
    y3At += yLine;
  }
}

/** g = G^T u, the transpose of `filterPoints`: the gradients of six points to those of three taps. */
export function gradientTaps(
  k: usize,
  lines: i32,
  u: usize,
  uLine: usize,
  uStep: usize,
  g: usize,
  gLine: usize,
  gStep: usize,
): void {
  const third = v128.load32_splat(k, THIRD);
  const minusTwoThirds = v128.load32_splat(k, MINUS_TWO_THIRDS);
  const sixth = v128.load32_splat(k, SIXTH);
  const aScaled = v128.load32_splat(k, A_SCALED);
  const bScaled = v128.load32_splat(k, B_SCALED);
  for (; lines > 0; lines--, u += uLine, g += gLine) {
    const u0 = v128.load(u);
    const u0_ = v128.load(u, 16);
    const u1 = v128.load(u + uStep);
    const u1_ = v128.load(u + uStep, 16);
    const u2 = v128.load(u + 2 * uStep);
    const u2_ = v128.load(u + 2 * uStep, 16);
    const u3 = v128.load(u + 3 * uStep);
    const u3_ = v128.load(u + 3 * uStep, 16);
    const u4 = v128.load(u + 4 * uStep);
    const u4_ = v128.load(u + 4 * uStep, 16);
    const u5 = v128.load(u + 5 * uStep);
    const u5_ = v128.load(u + 5 * uStep, 16);
    const near = f32x4.add(u1, u2);
    const near_ = f32x4.add(u1_, u2_);
    const tilt = f32x4.sub(u1, u2);
    const tilt_ = f32x4.sub(u1_, u2_);
    const far = f32x4.add(u3, u4);
    const far_ = f32x4.add(u3_, u4_);
    const slope = f32x4.sub(u3, u4);
    const slope_ = f32x4.sub(u3_, u4_);
    v128.store(g, f32x4.add(u0, f32x4.add(f32x4.mul(far, sixth), f32x4.mul(near, minusTwoThirds))));
    v128.store(g, f32x4.add(u0_, f32x4.add(f32x4.mul(far_, sixth), f32x4.mul(near_, minusTwoThirds))), 16);
    v128.store(g + gStep, f32x4.add(f32x4.mul(tilt, aScaled), f32x4.mul(slope, bScaled)));
    v128.store(g + gStep, f32x4.add(f32x4.mul(tilt_, aScaled), f32x4.mul(slope_, bScaled)), 16);
    v128.store(g + 2 * gStep, f32x4.add(u5, f32x4.mul(f32x4.sub(far, near), third)));
    v128.store(g + 2 * gStep, f32x4.add(u5_, f32x4.mul(f32x4.sub(far_, near_), third)), 16);
  }
}
