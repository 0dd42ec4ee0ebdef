/** Lists cut into chunks. */

/** Cuts a list into chunks of `size` items; the last one may be smaller. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, k) => list.slice(k * size, (k + 1) * size));
}
