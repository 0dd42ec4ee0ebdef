/** Parsers of the values of options. Errors say what was found and what is expected. */

import { findModel } from '#platform/named-models.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { Size } from '../../image/frame.js';
import { MAX_SIDE, type Spacing } from '../../image/image.js';
import { isNormalisation, type Normalisation, normalisations } from '../../image/normalise.js';
import type { Tiling } from '../../infer/tiles.js';
import { lossText, parseLoss } from '../../loss/loss-text.js';

/** Parses a value. @throws ValueError for a text that is no value of the option */
export interface Parser<T> {
  (text: string): T;
  /** All possible values, where they are few. */
  readonly choices?: readonly T[];
}

/** The error for a text that is no value of an option: `Expected a number above 0.`. */
export class ValueError extends InputError {
  /**
   * @param expected what a value is, in words
   * @param found what follows, to say what was found instead: `; found "x"`
   */
  constructor(
    readonly expected: string,
    found = '',
  ) {
    super(`Expected ${expected}${found}.`);
  }
}

/** Any text. */
export function text(value: string): string {
  return value;
}

/** Whether something is on. On the command line it is a flag without a value. */
export function onOrOff(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ValueError('true or false');
}

/** One of a few values. */
export function oneOf<T extends string>(choices: readonly T[]): Parser<T> {
  const parse = (value: string): T => {
    if ((choices as readonly string[]).includes(value)) return value as T;
    throw new ValueError(`one of ${choices.join(', ')}`);
  };
  return Object.assign(parse, { choices });
}

/** A whole number from `low` to `high`; errors call it `what`. */
export function whole(low: number, high = 1e9, what = 'whole number'): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new ValueError(`a ${what} from ${low} to ${high}`);
  };
}

/** Width and height of images: so many pixels a side. */
export const side = whole(1, MAX_SIDE, 'whole number of pixels');

/** A number from `low` to `high`, both included. */
export function between(low: number, high: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= low && value <= high) return value;
    throw new ValueError(`a number from ${low} to ${high}`);
  };
}

/** A number above 0, or where `zero` says so 0 too, and at most `high`. */
export function positive({ zero = false, high = Number.POSITIVE_INFINITY } = {}): Parser<number> {
  return (text) => {
    const value = Number(text);
    const fits = Number.isFinite(value) && value <= high && (zero ? value >= 0 : value > 0);
    if (text.trim() !== '' && fits) return value;
    throw new ValueError(`a number ${zero ? 'of at least' : 'above'} 0${high < Infinity ? `, at most ${high}` : ''}`);
  };
}

/** A number between 0 and 1, neither of them included. */
export function fraction(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new ValueError('a number between 0 and 1');
}

/** The size of an image in pixels: one number of a square, or WIDTHxHEIGHT. */
export function imageSize(text: string): Size {
  const [, width, height = width] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (Object.values(size).every((pixels) => pixels >= 1 && pixels <= MAX_SIDE)) return size;
  throw new ValueError(`a size in pixels up to ${MAX_SIDE}, like 128 or 160x96 (width x height)`);
}

/** The size of a pixel: one number, or the row's and the column's with a comma. */
export function spacing(text: string): Spacing {
  const [row = NaN, column = row, ...more] = text.split(',').map((part) => (part.trim() ? Number(part) : NaN));
  if (more.length === 0 && row > 0 && column > 0 && row < Infinity && column < Infinity) return [row, column];
  throw new ValueError('a number above 0, or two (row,column) like 0.49,0.6');
}

/** The level of a head: `2` or `L2`. */
export function level(text: string): number {
  if (/^L?[1-9]\d*$/.test(text)) return Number(text.replace('L', ''));
  throw new ValueError('the level of a head, like 2 or L2');
}

/** A number of threads, or `auto`. */
export function threads(text: string): number | 'auto' {
  return text === 'auto' ? text : whole(1, 256)(text);
}

/** The side of tiles in pixels, `auto` or `off`. */
export function tiling(text: string): Tiling {
  return text === 'auto' || text === 'off' ? text : side(text);
}

/** A comma-separated list of whole numbers of at least 1: `16,32,64`. */
export function wholeList(text: string): readonly number[] {
  return text.split(',').map((part) => {
    if (/^\s*\d+\s*$/.test(part) && Number(part) >= 1) return Number(part);
    throw new ValueError('whole numbers with commas between them, like 16,32,64', `; found ${show(part)}`);
  });
}

/** A comma-separated list of numbers of at least 0: `1,2,5`. */
export function weights(text: string): readonly number[] {
  return text.split(',').map((part) => {
    if (part.trim() !== '' && Number(part) >= 0 && Number(part) < Infinity) return Number(part);
    throw new ValueError('numbers of at least 0 with commas between them, like 1,2,5', `; found ${show(part)}`);
  });
}

/** A normalisation: its name, or a window of values. */
export function normalisation(text: string): Normalisation {
  if (isNormalisation(text)) return text;
  throw new ValueError(`one of ${normalisations.join(', ')}`);
}

/** A loss, in the spelling of `lossText`, so that the same one is the same text. */
export function loss(text: string): string {
  return lossText(parseLoss(text));
}

/** The name of a file or folder: not empty, as from a variable that is not set, and not the next option. */
export function path(text: string): string {
  if (text.trim() === '') throw new ValueError('a path', ', found nothing');
  if (text.startsWith('--')) throw new ValueError('a path', ', found an option');
  return text;
}

/** A model: its file, or a name that is looked up in the folders of models; see `findModel`. */
export function model(text: string): string {
  return findModel(path(text));
}
