/** The number of cores that this page may use. */

/** Returns how many cores this page may use: one where its threads cannot share memory, as it is not isolated. */
export function availableCores(): number {
  return crossOriginIsolated ? Math.max(1, navigator.hardwareConcurrency) : 1;
}
