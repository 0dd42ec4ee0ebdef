/** The size of a file in words. */

/** Writes bytes as `900 bytes`, `12 KB`, `2.2 MB` or `1.5 GB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 1024)} KB`;
  const [size, unit] = bytes < 2 ** 30 ? [bytes / 2 ** 20, 'MB'] : [bytes / 2 ** 30, 'GB'];
  return `${size < 100 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
