/**
 * The transforms of Winograd's minimal filtering F(4x4, 3x3): 16 outputs of a 3x3 convolution from 36 products instead
 * of 144. Winograd, "Arithmetic complexity of computations", 1980; Lavin and Gray, "Fast algorithms for convolutional
 * neural networks", 2016: Y = A^T [(G g G^T) . (B^T d B)] A.
 *
 * The points are 0, +-a, +-b and infinity with a = sqrt(1/2), b = sqrt(2), as in ncnn: their rounding error is about
 * half that of the usual 0, +-1, +-2. A has the powers of the points, G the powers over the products of differences of
 * points (1, -3/2, 6), B the coefficients of the products of the other points' monomials.
 *
 * Each function is one-dimensional: it transforms the values of a line, `Step` bytes apart, for `lines` lines that lie
 * `Line` bytes apart. A value is a group of 8 channels, a pair of vectors (`x`, `x_`) that V8's vectoriser can fuse.
 */

/** Bytes of a group of 8 channels. */
export const GROUP: usize = 32;

/** Groups of the points of a tile: 6 x 6. */
export const POINTS: i32 = 36;

const A: f32 = Mathf.SQRT1_2;
const B: f32 = Mathf.SQRT2;
const A_CUBED: f32 = 0.3535533905932738;
const B_CUBED: f32 = 2.8284271247461903;
const THIRD: f32 = 0.3333333333333333;
const SIXTH: f32 = 0.16666666666666666;
/** a / (-3/2) and b / 6. */
const A_SCALED: f32 = -0.4714045207910317;
const B_SCALED: f32 = 0.23570226039551584;

/** v = B^T d: six pixels to six points. */
export function inputPoints(
  lines: i32,
  d: usize,
  dLine: usize,
  dStep: usize,
  v: usize,
  vLine: usize,
  vStep: usize,
): void {
  for (; lines > 0; lines--, d += dLine, v += vLine) {
    const d0 = v128.load(d);
    const d0_ = v128.load(d, 16);
    const d1 = v128.load(d + dStep);
    const d1_ = v128.load(d + dStep, 16);
    const d2 = v128.load(d + 2 * dStep);
    const d2_ = v128.load(d + 2 * dStep, 16);
    const d3 = v128.load(d + 3 * dStep);
    const d3_ = v128.load(d + 3 * dStep, 16);
    const d4 = v128.load(d + 4 * dStep);
    const d4_ = v128.load(d + 4 * dStep, 16);
    const d5 = v128.load(d + 5 * dStep);
    const d5_ = v128.load(d + 5 * dStep, 16);
    const even = f32x4.sub(d4, f32x4.mul(d2, f32x4.splat(2.0)));
    const even_ = f32x4.sub(d4_, f32x4.mul(d2_, f32x4.splat(2.0)));
    const odd = f32x4.mul(f32x4.sub(d3, f32x4.add(d1, d1)), f32x4.splat(A));
    const odd_ = f32x4.mul(f32x4.sub(d3_, f32x4.add(d1_, d1_)), f32x4.splat(A));
    const far = f32x4.sub(d4, f32x4.mul(d2, f32x4.splat(0.5)));
    const far_ = f32x4.sub(d4_, f32x4.mul(d2_, f32x4.splat(0.5)));
    const wide = f32x4.mul(f32x4.sub(d3, f32x4.mul(d1, f32x4.splat(0.5))), f32x4.splat(B));
    const wide_ = f32x4.mul(f32x4.sub(d3_, f32x4.mul(d1_, f32x4.splat(0.5))), f32x4.splat(B));
    v128.store(v, f32x4.add(d0, f32x4.sub(d4, f32x4.mul(d2, f32x4.splat(2.5)))));
    v128.store(v, f32x4.add(d0_, f32x4.sub(d4_, f32x4.mul(d2_, f32x4.splat(2.5)))), 16);
    v128.store(v + vStep, f32x4.add(even, odd));
    v128.store(v + vStep, f32x4.add(even_, odd_), 16);
    v128.store(v + 2 * vStep, f32x4.sub(even, odd));
    v128.store(v + 2 * vStep, f32x4.sub(even_, odd_), 16);
    v128.store(v + 3 * vStep, f32x4.add(far, wide));
    v128.store(v + 3 * vStep, f32x4.add(far_, wide_), 16);
    v128.store(v + 4 * vStep, f32x4.sub(far, wide));
    v128.store(v + 4 * vStep, f32x4.sub(far_, wide_), 16);
    v128.store(v + 5 * vStep, f32x4.add(d1, f32x4.sub(d5, f32x4.mul(d3, f32x4.splat(2.5)))));
    v128.store(v + 5 * vStep, f32x4.add(d1_, f32x4.sub(d5_, f32x4.mul(d3_, f32x4.splat(2.5)))), 16);
  }
}

/** y = A^T m: six points to four pixels. */
export function outputPixels(
  lines: i32,
  m: usize,
  mLine: usize,
  mStep: usize,
  y: usize,
  yLine: usize,
  yStep: usize,
): void {
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
    v128.store(y, f32x4.add(m0, f32x4.add(near, far)));
    v128.store(y, f32x4.add(m0_, f32x4.add(near_, far_)), 16);
    v128.store(y + yStep, f32x4.add(f32x4.mul(tilt, f32x4.splat(A)), f32x4.mul(slope, f32x4.splat(B))));
    v128.store(y + yStep, f32x4.add(f32x4.mul(tilt_, f32x4.splat(A)), f32x4.mul(slope_, f32x4.splat(B))), 16);
    v128.store(y + 2 * yStep, f32x4.add(f32x4.mul(near, f32x4.splat(0.5)), f32x4.add(far, far)));
    v128.store(y + 2 * yStep, f32x4.add(f32x4.mul(near_, f32x4.splat(0.5)), f32x4.add(far_, far_)), 16);
    v128.store(
      y + 3 * yStep,
      f32x4.add(m5, f32x4.add(f32x4.mul(tilt, f32x4.splat(A_CUBED)), f32x4.mul(slope, f32x4.splat(B_CUBED)))),
    );
    v128.store(
      y + 3 * yStep,
      f32x4.add(m5_, f32x4.add(f32x4.mul(tilt_, f32x4.splat(A_CUBED)), f32x4.mul(slope_, f32x4.splat(B_CUBED)))),
      16,
    );
  }
}

/** u = G g: three taps to six points. */
export function filterPoints(
  lines: i32,
  g: usize,
  gLine: usize,
  gStep: usize,
  u: usize,
  uLine: usize,
  uStep: usize,
): void {
  for (; lines > 0; lines--, g += gLine, u += uLine) {
    const g0 = v128.load(g);
    const g0_ = v128.load(g, 16);
    const g1 = v128.load(g + gStep);
    const g1_ = v128.load(g + gStep, 16);
    const g2 = v128.load(g + 2 * gStep);
    const g2_ = v128.load(g + 2 * gStep, 16);
    const near = f32x4.mul(f32x4.add(g0, f32x4.mul(g2, f32x4.splat(0.5))), f32x4.splat(-2 * THIRD));
    const near_ = f32x4.mul(f32x4.add(g0_, f32x4.mul(g2_, f32x4.splat(0.5))), f32x4.splat(-2 * THIRD));
    const tilt = f32x4.mul(g1, f32x4.splat(A_SCALED));
    const tilt_ = f32x4.mul(g1_, f32x4.splat(A_SCALED));
    const far = f32x4.add(f32x4.mul(g0, f32x4.splat(SIXTH)), f32x4.mul(g2, f32x4.splat(THIRD)));
    const far_ = f32x4.add(f32x4.mul(g0_, f32x4.splat(SIXTH)), f32x4.mul(g2_, f32x4.splat(THIRD)));
    const slope = f32x4.mul(g1, f32x4.splat(B_SCALED));
    const slope_ = f32x4.mul(g1_, f32x4.splat(B_SCALED));
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
  lines: i32,
  y: usize,
  yLine: usize,
  yStep: usize,
  m: usize,
  mLine: usize,
  mStep: usize,
): void {
  for (; lines > 0; lines--, y += yLine, m += mLine) {
    const y0 = v128.load(y);
    const y0_ = v128.load(y, 16);
    const y1 = v128.load(y + yStep);
    const y1_ = v128.load(y + yStep, 16);
    const y2 = v128.load(y + 2 * yStep);
    const y2_ = v128.load(y + 2 * yStep, 16);
    const y3 = v128.load(y + 3 * yStep);
    const y3_ = v128.load(y + 3 * yStep, 16);
    const near = f32x4.add(y0, f32x4.mul(y2, f32x4.splat(0.5)));
    const near_ = f32x4.add(y0_, f32x4.mul(y2_, f32x4.splat(0.5)));
    const tilt = f32x4.add(f32x4.mul(y1, f32x4.splat(A)), f32x4.mul(y3, f32x4.splat(A_CUBED)));
    const tilt_ = f32x4.add(f32x4.mul(y1_, f32x4.splat(A)), f32x4.mul(y3_, f32x4.splat(A_CUBED)));
    const far = f32x4.add(y0, f32x4.add(y2, y2));
    const far_ = f32x4.add(y0_, f32x4.add(y2_, y2_));
    const slope = f32x4.add(f32x4.mul(y1, f32x4.splat(B)), f32x4.mul(y3, f32x4.splat(B_CUBED)));
    const slope_ = f32x4.add(f32x4.mul(y1_, f32x4.splat(B)), f32x4.mul(y3_, f32x4.splat(B_CUBED)));
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
  }
}

/** g = G^T u, the transpose of `filterPoints`: the gradients of six points to those of three taps. */
export function gradientTaps(
  lines: i32,
  u: usize,
  uLine: usize,
  uStep: usize,
  g: usize,
  gLine: usize,
  gStep: usize,
): void {
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
    v128.store(
      g,
      f32x4.add(u0, f32x4.sub(f32x4.mul(far, f32x4.splat(SIXTH)), f32x4.mul(near, f32x4.splat(2 * THIRD)))),
    );
    v128.store(
      g,
      f32x4.add(u0_, f32x4.sub(f32x4.mul(far_, f32x4.splat(SIXTH)), f32x4.mul(near_, f32x4.splat(2 * THIRD)))),
      16,
    );
    v128.store(g + gStep, f32x4.add(f32x4.mul(tilt, f32x4.splat(A_SCALED)), f32x4.mul(slope, f32x4.splat(B_SCALED))));
    v128.store(
      g + gStep,
      f32x4.add(f32x4.mul(tilt_, f32x4.splat(A_SCALED)), f32x4.mul(slope_, f32x4.splat(B_SCALED))),
      16,
    );
    v128.store(g + 2 * gStep, f32x4.add(u5, f32x4.mul(f32x4.sub(far, near), f32x4.splat(THIRD))));
    v128.store(g + 2 * gStep, f32x4.add(u5_, f32x4.mul(f32x4.sub(far_, near_), f32x4.splat(THIRD))), 16);
  }
}
