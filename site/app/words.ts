/** Outputs and quantities in the words of the page. */
import { grouped, inWords } from '../../src/base/quantities.js';
import type { Output } from '../../src/network/mode.js';

/** The name of an output: that of its head, or `mean`. */
export function outputName(mode: Output): string {
  return mode === 'accurate' ? 'mean' : mode;
}

/** Writes names as a list: `L3, L4 and the mean`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Writes bytes as `900 bytes`, `12 KB`, `2.2 MB` or `1.5 GB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 1024)} KB`;
  const [size, unit] = bytes < 2 ** 30 ? [bytes / 2 ** 20, 'MB'] : [bytes / 2 ** 30, 'GB'];
  return `${size < 100 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** Writes a count as `962` or `9.0 million`. */
export function count(value: number): string {
  return value < 1e4 ? grouped(value) : inWords(value);
}

/** Writes a score as `0.962`; `–` where it has no meaning. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(3);
}

/** Writes milliseconds as `8.3 ms` or `1.2 s`. */
export function time(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** Begins a text of the library as a sentence begins. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
