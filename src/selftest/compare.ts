/** Comparison of tensors, relative to their scale: an error counts by what it is beside the largest element. */

/** The smallest normal float32: errors below it count as none, as some processors take smaller numbers for 0. */
const SMALLEST = 2 ** -126;

/**
 * What is wrong with `actual`, or undefined. NaN and the infinities must stand where `expected` has them.
 *
 * @param tolerance times the largest finite element of `expected` is the largest error
 */
export function mismatch(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} elements, expected ${expected.length}`;
  const scale = scaleOf(expected);
  let worst = -1;
  let largest = tolerance * scale + SMALLEST;
  for (let i = 0; i < expected.length; i++) {
    const error = errorOf(actual[i]!, expected[i]!);
    if (error > largest) [worst, largest] = [i, error];
  }
  if (worst < 0) return undefined;
  const relative = `${(largest / scale).toExponential(1)} of the scale ${scale.toPrecision(3)}`;
  return `element ${worst} of ${expected.length} is ${actual[worst]}, expected ${expected[worst]}: off by ${relative}`;
}

/** The largest error relative to the scale: what `mismatch` compares with the tolerance. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, errorOf(actual[i]!, expected[i]!) - SMALLEST);
  return largest === 0 ? 0 : largest / scaleOf(expected);
}

/** Whether the elements are the same bit for bit, signs of zeros included. */
export function identical(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (value, i) => Object.is(value, b[i]));
}

/** The largest finite magnitude. */
function scaleOf(values: ArrayLike<number>): number {
  let scale = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) scale = Math.max(scale, Math.abs(values[i]!));
  }
  return scale;
}

function errorOf(actual: number, expected: number): number {
  // NaN equals NaN here, and infinities their like; beside a number neither is near.
  if (Object.is(actual, expected)) return 0;
  const error = Math.abs(actual - expected);
  return Number.isNaN(error) ? Infinity : error;
}
