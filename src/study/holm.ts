/**
 * Several tests at once: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6, 1979.
 */

/** Adjusts p-values, in their order, so that all tests together err as seldom as one. */
export function holm(tests: readonly number[]): number[] {
  const order = tests.map((p, k) => ({ p, k })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(tests.length);
  let highest = 0;
  for (const [rank, { p, k }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (tests.length - rank) * p));
    adjusted[k] = highest;
  }
  return adjusted;
}
