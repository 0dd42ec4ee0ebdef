/** Masks of several classes: each pixel holds the number of its class, as a grey value or as the index of a palette. */

import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { show } from '../../base/show.js';
import type { StoredImage } from '../../formats/format.js';
import type { Image, ImageData } from '../../image/image.js';
import { type OnFaults, unlessFaulty } from '../faults.js';
import type { Entry } from './listing.js';
import { distinct, firstColour, isBinary, listed } from './mask.js';

/** More classes than this are not guessed from values: a grey picture would be one of 255 classes. */
const MOST_GUESSED = 32;

/**
 * Counts the foreground classes of a folder of masks: K >= 2 where the values of all masks together are 0..K without a
 * gap; 1 where they are not, whose masks `binaryMask` then accepts or refuses. Where the first mask with a foreground
 * holds 0 and 255, no other is read.
 * @param onFaults receives damaged files
 */
export async function countClasses(masks: readonly Entry[], onFaults: OnFaults): Promise<number> {
  const seen = new Set<number>([0]);
  for (const mask of masks) {
    const opened = await unlessFaulty(onFaults, mask.open);
    for (let slice = 0; slice < (opened?.header.slices ?? 0); slice++) {
      const stored = await unlessFaulty(onFaults, () => opened!.read(slice));
      if (!stored) break;
      const samples = classSamples(stored);
      if (!samples) return 1;
      const values = distinct(samples.data, samples.step);
      if (values.at(-1)! > MOST_GUESSED) return 1;
      for (const value of values) seen.add(value);
    }
  }
  return Math.max(1, seen.size === Math.max(...seen) + 1 ? seen.size - 1 : 1);
}

/**
 * Names for the classes of a folder of masks without classes.json: those of its segmentations, else numbers, by what
 * `countClasses` finds.
 */
export async function guessedNames(masks: readonly Entry[], onFaults: OnFaults): Promise<string[]> {
  return (await segmentNames(masks, onFaults)) ?? numberedClasses(await countClasses(masks, onFaults));
}

/**
 * The names that segmentations give their classes, or numbers where they do not name them apart; undefined unless all masks
 * are segmentations.
 * @param onFaults receives segmentations that call a class otherwise than one before
 */
async function segmentNames(masks: readonly Entry[], onFaults: OnFaults): Promise<string[] | undefined> {
  const known = new Map<number, { readonly name: string; readonly path: string }>();
  for (const { path, open } of masks) {
    const opened = await unlessFaulty(onFaults, open);
    if (!opened) continue;
    if (!opened.segments) return undefined;
    for (const [number, name] of opened.segments.names) {
      const before = known.get(number);
      if (!before) known.set(number, { name, path });
      else if (before.name !== name) {
        const names = `segment ${number} is ${show(name)}, and ${show(before.name)} in ${before.path}`;
        onFaults([`${path}: ${names}; number the segments of all files alike`]);
      }
    }
  }
  if (known.size === 0) return undefined;
  const count = Math.max(...known.keys());
  const names = Array.from({ length: count }, (_, k) => known.get(k + 1)?.name ?? '');
  return names.includes('') || new Set(names).size < count ? numberedClasses(count) : names;
}

/** Names for classes of which nothing is known but how many there are. */
export function numberedClasses(count: number): string[] {
  return count === 1 ? ['foreground'] : Array.from({ length: count }, (_, k) => `class ${k + 1}`);
}

/** Whether classes have numbers in place of names. */
export function areNumbered(classNames: readonly string[]): boolean {
  return deepEqual(classNames, numberedClasses(classNames.length));
}

/**
 * Returns a mask with the class of each pixel, 0..`classes`, from a decoded image: grey, RGB with equal channels, or a
 * palette, which counts by its indices. Alpha is ignored.
 * @throws InputError that starts with `name` and gives the value that is not a class
 */
export function indexMask(stored: StoredImage, classes: number, name: string): Image<Uint8Array> {
  const { width, height } = stored;
  const samples = stored.indices ? { data: stored.indices, step: 1 } : classSamples(stored);
  if (!samples) {
    const expected = `a mask of ${classes} classes must be grey or have a palette`;
    throw new InputError(`${name}: ${expected}, found colour; save it with the number of the class as grey value`);
  }
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const value = samples.data[i * samples.step]!;
    if (value > classes) {
      const found = `found ${listed(distinct(samples.data, samples.step))}`;
      throw new InputError(
        `${name}: a mask of ${classes} classes must hold values from 0 to ${classes}, ${found}; correct it, or name all classes in classes.json`,
      );
    }
    data[i] = value;
  }
  return { width, height, channels: 1, data };
}

/**
 * Reads the text of a classes.json: the names of the values 1, 2, … of the masks.
 * @throws InputError for anything but a list of 1 to 255 different names
 */
export function parseClasses(text: string, file: string): string[] {
  const names = parseJson(text, file);
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string' && name.trim() !== '');
  if (!isList || names.length < 1 || names.length > 255 || new Set(names).size !== names.length) {
    throw new InputError(`${file}: expected a list of 1 to 255 different names of classes, like ["core", "edema"]`);
  }
  return names;
}

/** Returns the samples that may be numbers of classes: not those of colours, and of a palette that draws two colours. */
function classSamples(stored: StoredImage): { data: ImageData; step: number } | undefined {
  const isGrey = firstColour(stored) < 0;
  if (stored.indices) {
    // All black is a mask of any kind, in which nothing is to be seen.
    const drawsBinary = isGrey && isBinary(stored) && stored.data.some((value) => value > 0);
    return drawsBinary ? undefined : { data: stored.indices, step: 1 };
  }
  return isGrey ? { data: stored.data, step: stored.channels } : undefined;
}
