/** Values of options: parsed here, refused with what was found and what is expected. */
import { InvalidArgumentError } from 'commander';
import { show } from '../../base/show.js';
import { MAX_SIDE } from '../../formats/limits.js';
import type { Spacing } from '../../image/image.js';
import { lossText, parseLoss } from '../../loss/loss-text.js';

/** A whole number from `low` to `high`; errors call it `what`. */
export function whole(low: number, high = 1e9, what = 'whole number'): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a ${what} from ${low} to ${high}.`);
  };
}

/** Width and height of images: so many pixels a side. */
export const side = whole(1, MAX_SIDE, 'whole number of pixels');

/** A number from `low` to `high`, both included. */
export function between(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`);
  };
}

/** A number above 0, or where `zero` says so 0 too. */
export function positive({ zero = false } = {}): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && (zero ? value >= 0 : value > 0)) return value;
    throw new InvalidArgumentError(`Expected a number ${zero ? 'of at least' : 'above'} 0.`);
  };
}

/** The size of a pixel: one number, or the row's and the column's with a comma. */
export function spacing(text: string): Spacing {
  const [row = NaN, column = row, ...more] = text.split(',').map((part) => (part.trim() ? Number(part) : NaN));
  if (more.length === 0 && row > 0 && column > 0 && row < Infinity && column < Infinity) return [row, column];
  throw new InvalidArgumentError('Expected a number above 0, or two (row,column) like 0.49,0.6.');
}

/** The level of a head: `2` or `L2`. */
export function level(text: string): number {
  if (/^L?[1-9]\d*$/.test(text)) return Number(text.replace('L', ''));
  throw new InvalidArgumentError('Expected the level of a head, like 2 or L2.');
}

/** A number of threads, or `auto`. */
export function threads(text: string): number | 'auto' {
  return text === 'auto' ? text : whole(1, 256)(text);
}

/** The help of `--mode`. */
export const MODES = 'accurate (mean of the heads), fast (deepest head), L1, L2, … or auto (what compare recommends)';

/** A comma-separated list of whole numbers of at least 1: `16,32,64`. */
export function wholeList(text: string): number[] {
  return text.split(',').map((part) => {
    if (/^\s*\d+\s*$/.test(part) && Number(part) >= 1) return Number(part);
    throw new InvalidArgumentError(
      `Expected whole numbers with commas between them, like 16,32,64; found ${show(part)}.`,
    );
  });
}

/** A comma-separated list of numbers of at least 0: `1,2,5`. */
export function weights(text: string): number[] {
  return text.split(',').map((part) => {
    if (part.trim() !== '' && Number(part) >= 0 && Number(part) < Infinity) return Number(part);
    throw new InvalidArgumentError(
      `Expected numbers of at least 0 with commas between them, like 1,2,5; found ${show(part)}.`,
    );
  });
}

/** A loss, in the spelling of `lossText`, so that the same one is the same text. */
export function loss(text: string): string {
  return lossText(parseLoss(text));
}

/** The name of a file or folder: not empty, as from a variable that is not set, and not the next option. */
export function path(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a path, found nothing.');
  if (text.startsWith('--')) throw new InvalidArgumentError('Expected a path, found an option.');
  return text;
}
