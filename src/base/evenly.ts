/** Samples of long lists. */

/** Picks at most `count` items of a list, evenly spaced, so that neighbouring slices do not fill a sheet. */
export function evenly<T>(list: readonly T[], count: number): T[] {
  const shown = Math.min(count, list.length);
  return Array.from({ length: shown }, (_, k) => list[Math.floor((k * list.length) / shown)]!);
}
