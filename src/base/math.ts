/**
 * Functions of float64 with the same bits on every engine. Math.cos, Math.pow, Math.exp and Math.log are implementation-
 * defined: a learning rate or a random number from them would make weights depend on the engine. These are made from
 * + - * /, floor and comparisons alone, which IEEE 754 defines to the last bit.
 */

/** cos x for 0 <= x <= pi; absolute error below 1e-15. */
export function cosine(x: number): number {
  if (x > Math.PI / 2) return -cosine(Math.PI - x);
  // Taylor's series, up to x^24
  const xx = x * x;
  let sum = 1;
  for (let n = 24; n >= 2; n -= 2) sum = 1 - (sum * xx) / (n * (n - 1));
  return sum;
}

/** sin x for -pi/2 <= x <= pi/2; absolute error below 1e-15. */
export function sine(x: number): number {
  // Taylor's series, up to x^25
  const xx = x * x;
  let sum = 1;
  for (let n = 25; n >= 3; n -= 2) sum = 1 - (sum * xx) / (n * (n - 1));
  return x * sum;
}

/** x^y for 0 < x < infinity; relative error below 1e-15 (1 + |y ln x|). */
export function power(x: number, y: number): number {
  return exponential(y * naturalLog(x));
}

/** ln x for 0 < x < infinity from + - * / alone: x = m 2^e, then the series of 2 artanh((m - 1) / (m + 1)). */
export function naturalLog(x: number): number {
  let exponent = 0;
  while (x > 1.5) {
    x /= 2;
    exponent++;
  }
  while (x < 0.75) {
    x *= 2;
    exponent--;
  }
  const z = (x - 1) / (x + 1);
  const zz = z * z;
  let sum = 0;
  for (let n = 25; n >= 1; n -= 2) sum = sum * zz + 1 / n;
  return 2 * z * sum + exponent * Math.LN2;
}

/** 1 + x, or 1 / (1 - x) for negative x: 0.25 gives 5/4 and -0.25 gives 4/5, so that both change equally much. */
export function ratio(x: number): number {
  return x < 0 ? 1 / (1 - x) : 1 + x;
}

/** e^x: x = n ln 2 + r with |r| <= ln 2 / 2, then the series of e^r. */
function exponential(x: number): number {
  const n = Math.floor(x / Math.LN2 + 0.5);
  const r = x - n * Math.LN2;
  let y = 1;
  for (let k = 16; k >= 1; k--) y = 1 + (y * r) / k;
  for (let k = 0; k < n; k++) y *= 2;
  for (let k = 0; k > n; k--) y /= 2;
  return y;
}
