/** By what TIFF files are recognised. Their reader is loaded only where there is one. */

/** Whether a file that begins like this is a TIFF or a BigTIFF. */
export function isTiff(start: Uint8Array): boolean {
  const [order, other, low, high] = start;
  if (order !== other || start.length < 4) return false;
  if (order === 0x49) return (low === 42 || low === 43) && high === 0;
  return order === 0x4d && low === 0 && (high === 42 || high === 43);
}
