/** Statistics of lists of numbers. */

/** The arithmetic mean, summed in the order of the numbers. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The arithmetic mean of the numbers that are there; null where none is. */
export function meanDefined(values: readonly (number | null | undefined)[]): number | null {
  const defined = values.filter((value) => typeof value === 'number');
  return defined.length > 0 ? mean(defined) : null;
}

/** The middle one in order of size, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The value below which a share of the numbers lies, between the two nearest ones by their distance (NumPy's default; type
 * 7 of R. J. Hyndman and Y. Fan, 1996).
 * @param sorted ascending
 * @param share from 0 to 1
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (at - below);
}
