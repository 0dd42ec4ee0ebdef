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

/** Numbers in ascending order, of which single ones are looked at: an array, for example. */
export interface Ascending {
  readonly length: number;
  at(place: number): number | undefined;
}

/**
 * The value below which a share of the numbers lies, between the two nearest ones by their distance (NumPy's default; type
 * 7 of R. J. Hyndman and Y. Fan, 1996).
 * @param share from 0 to 1
 */
export function percentile(sorted: Ascending, share: number): number {
  const [below, above] = percentilePlaces(sorted.length, share);
  const [low, high] = [sorted.at(below)!, sorted.at(above)!];
  return low + (high - low) * (share * (sorted.length - 1) - below);
}

/** The places of the two numbers that `percentile` lies between. */
export function percentilePlaces(length: number, share: number): [below: number, above: number] {
  const below = Math.floor(share * (length - 1));
  return [below, Math.min(below + 1, length - 1)];
}
