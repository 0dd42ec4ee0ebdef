/** Quantities in words, as people read them in messages, tables and pictures. */

/** Writes seconds as `1:05` or `2:03:07`. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** Writes a count as `9,041,700`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** Writes a large count as `34.2 million`. */
export function inWords(count: number): string {
  const [unit, word] = count < 1e6 ? [1e3, 'thousand'] : count < 1e9 ? [1e6, 'million'] : [1e9, 'billion'];
  return `${(count / unit).toFixed(1)} ${word}`;
}

/** Writes a number of bytes as `73 MB` or `1.2 GB`. */
export function memorySize(bytes: number): string {
  const megabytes = Math.ceil(bytes / 2 ** 20);
  const gigabytes = bytes / 2 ** 30;
  if (megabytes < 1000) return `${megabytes} MB`;
  return gigabytes < 100 ? `${gigabytes.toFixed(1)} GB` : `${grouped(Math.round(gigabytes))} GB`;
}

/** Writes a share as `12.5%`, a small one as `0.12%`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 2 : 1)}%`;
}

/** Writes a count with its noun: `1 image`, `2 images`. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Writes a list of names as `a, b and 3 more`. */
export function few(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${grouped(names.length - most)} more` : shown;
}
