/** Masks of one class as people store them; for those of several see class-masks.ts. */

import { InputError } from '../../base/errors.js';
import type { StoredImage } from '../../formats/format.js';
import type { Image, ImageData } from '../../image/image.js';
import type { ReadingOptions } from './format.js';

/** What may stand for foreground beside 0: truth, and the largest values of 8 and of 16 bits. */
const FOREGROUND = [1, 255, 65535];

/**
 * Returns a mask of 0 and 1 from a decoded image. The file may hold 0 and one of 1, 255 and 65535 (or either alone), as
 * grey or as RGB with equal channels; alpha is ignored. A palette image whose colours are not of that kind counts by its
 * indices: 0 is background, the one other index in use is foreground.
 * @throws InputError that starts with `name` and gives the values found.
 */
export function binaryMask(stored: StoredImage, name: string): Image<Uint8Array> {
  const colourAt = firstColour(stored);
  if (colourAt < 0) {
    if (isBinary(stored)) return zeroOne(stored, stored.data, stored.channels);
    const found = listed(distinct(stored.data, stored.channels));
    if (!stored.indices)
      throw new InputError(
        `${name}: ${EXPECTED}, found ${found}; threshold it first, or where it numbers objects read it with --instances`,
      );
  }
  if (stored.indices) {
    const used = distinct(stored.indices, 1);
    if (used.filter((index) => index > 0).length <= 1) return zeroOne(stored, stored.indices, 1);
    const expected = 'a palette mask must use two colours, index 0 for background and one other';
    throw new InputError(`${name}: ${expected}, found ${listed(used)}; threshold it first`);
  }
  const rgb = stored.data.subarray(colourAt * stored.channels, colourAt * stored.channels + 3).join(', ');
  const where = `(${colourAt % stored.width}, ${Math.floor(colourAt / stored.width)})`;
  throw new InputError(`${name}: ${EXPECTED}, found colour: ${rgb} at pixel ${where}; save it as a grey image`);
}

/** How the masks of a folder are read: two values, or where they number objects, all of these as foreground. */
export function masksOf({ instances }: ReadingOptions): (stored: StoredImage, name: string) => Image<Uint8Array> {
  return instances ? objectsMask : binaryMask;
}

/** Returns a mask that is 1 where one of the objects is that are numbered in a decoded image; 0 is background. */
function objectsMask(stored: StoredImage, name: string): Image<Uint8Array> {
  if (stored.indices) return zeroOne(stored, stored.indices, 1);
  if (firstColour(stored) < 0) return zeroOne(stored, stored.data, stored.channels);
  throw new InputError(
    `${name}: a mask of objects must be grey or have a palette, found colour; save it with their numbers`,
  );
}

const EXPECTED = 'a mask must hold two values (0 and 255, or 0 and 1)';

/** Whether the first channel holds 0 and one value of `FOREGROUND`, or either alone. */
export function isBinary({ data, channels }: StoredImage): boolean {
  const values = distinct(data, channels);
  const others = values.filter((value) => value !== 0);
  return others.length === 0 || (others.length === 1 && FOREGROUND.includes(others[0]!));
}

/** 0 where the first of `step` samples is 0, else 1. */
function zeroOne({ width, height }: StoredImage, samples: ImageData, step: number): Image<Uint8Array> {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = samples[i * step] === 0 ? 0 : 1;
  return { width, height, channels: 1, data };
}

/** Returns the first pixel whose red, green and blue are not equal, or -1. */
export function firstColour({ data, channels }: StoredImage): number {
  if (channels < 3) return -1;
  for (let i = 0; i < data.length; i += channels) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return i / channels;
  }
  return -1;
}

/** Returns the distinct values of every `step`-th sample, ascending. */
export function distinct(samples: ImageData, step: number): number[] {
  const seen = new Set<number>();
  for (let i = 0; i < samples.length; i += step) seen.add(samples[i]!);
  return [...seen].sort((a, b) => a - b);
}

/** Returns how many values there are and the first of them: `17: 0, 12, 33, ...`. */
export function listed(values: readonly number[]): string {
  return `${values.length}: ${values.slice(0, 4).join(', ')}${values.length > 4 ? ', ...' : ''}`;
}
