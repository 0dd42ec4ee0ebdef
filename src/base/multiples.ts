/** Sizes brought to multiples. */

/** The smallest multiple of `unit` that is not below `size`. */
export function roundUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}
