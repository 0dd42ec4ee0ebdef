/** Augmentation: training images changed in ways that leave them true examples. */
import { InputError } from '../../base/errors.js';
import { fold, type Key, Random } from '../../base/random.js';
import { show } from '../../base/show.js';
import type { Size } from '../../image/frame.js';
import { rearrange } from '../../image/rearrange.js';
import { type Positions, pixelGrid, warpImage, warpMask } from '../../image/warp.js';
import { cutOut, type Window, wholeWindow } from '../../image/window.js';
import type { Sample } from '../dataset.js';
import { MOTIONS, type Motion, REARRANGEMENTS } from './geometry.js';
import { INTENSITIES, withChanges } from './intensity.js';

export type AugmentationName = keyof typeof REARRANGEMENTS | keyof typeof MOTIONS | keyof typeof INTENSITIES;

/** One kind of change, and how strong. */
export interface Augmentation {
  readonly name: AugmentationName;
  /** 0 is none, 1 the usual strength, 3 the most; of `flip` and `turn` it is the fraction of samples that are drawn. */
  readonly strength: number;
}

/** All augmentations, in the order in which they are applied. */
export const AUGMENTATIONS = [REARRANGEMENTS, MOTIONS, INTENSITIES].flatMap(
  (rules) => Object.keys(rules) as AugmentationName[],
) as readonly AugmentationName[];

/** Augments a sample, or a window of it; see `augment`. */
export type Augment = (sample: Sample, key: Key, window?: Window) => Sample;

/**
 * Returns the sample, augmented. `flip` and `turn` draw from all orders of the pixels alike; every other change is made to
 * half of the samples, so that each is also seen without it. It is a pure function of its arguments: a key for each seed,
 * epoch and sample gives the same pixels on any worker. Each augmentation has its own stream of `key`, so that one more
 * does not change what the others draw; the order in which they are listed does not matter.
 * @param window the part of the image that is wanted. The whole image is moved, and shifted so that the middle of the
 *   window shows what it shows in the sample; the window alone is resampled. So there are real pixels in its corners where
 *   the image has some, and the reflection of the image beyond its edges. `flip` and `turn` are of the window.
 */
export function augment(sample: Sample, augmentations: readonly Augmentation[], key: Key, window?: Window): Sample {
  const rearrangements = chosen(REARRANGEMENTS, augmentations, key);
  const motions = chosen(MOTIONS, augmentations, key).filter(everyOther);
  const intensities = chosen(INTENSITIES, augmentations, key).filter(everyOther);
  let { image, mask } = window ? partOf(sample, window, motions) : sample;
  for (const { rule, strength, random } of rearrangements) {
    const walk = rule(image, strength, random);
    if (walk) [image, mask] = [rearrange(image, walk), rearrange(mask, walk)];
  }
  if (!window && motions.length > 0) {
    ({ image, mask } = resampled({ image, mask }, movedBy(motions, image, wholeWindow(image))));
  }
  if (intensities.length > 0) {
    const change = (copy: Sample['image']) => {
      for (const { rule, strength, random } of intensities) rule(copy, strength, random);
    };
    image = withChanges(image, change, window && sample.image);
  }
  return image === sample.image ? sample : { name: sample.name, image, mask };
}

type Pixels = Pick<Sample, 'image' | 'mask'>;

/** Cuts a window out of image and mask, which are moved first. */
function partOf({ image, mask }: Pixels, window: Window, motions: readonly Chosen<Motion>[]): Pixels {
  if (motions.length === 0) return { image: cutOut(image, window), mask: cutOut(mask, window) };
  const positions = movedBy(motions, image, window);
  keepMiddle(positions, window);
  return resampled({ image, mask }, positions);
}

function movedBy(motions: readonly Chosen<Motion>[], image: Size, window: Window): Positions {
  const positions = pixelGrid(window);
  for (const { rule, strength, random } of motions) rule(positions, strength, random, image, window);
  return positions;
}

/** Shifts positions so that the pixel in the middle of their window is where it was. */
function keepMiddle({ width, height, x, y }: Positions, { left, top }: Window): void {
  const [column, row] = [Math.floor(width / 2), Math.floor(height / 2)];
  const middle = row * width + column;
  const [right, down] = [left + column - x[middle]!, top + row - y[middle]!];
  for (let i = 0; i < x.length; i++) {
    x[i]! += right;
    y[i]! += down;
  }
}

function resampled({ image, mask }: Pixels, positions: Positions): Pixels {
  return { image: warpImage(image, positions), mask: warpMask(mask, positions) };
}

/**
 * Reads a list of augmentations with commas, each with its strength after a colon where it is not 1: `flip,elastic:0.5`.
 * `all` stands for all of them, `all:0.5` for all at that strength as far as each goes; where one comes twice the last
 * counts, so that `all,turn:0` leaves one out. '' and 'none' stand for no augmentation.
 * @returns those of a strength above 0, in the order in which they are applied
 * @throws InputError that names the unknown one and the known ones, or a strength that it does not have
 */
export function parseAugmentations(list: string): Augmentation[] {
  if (['', 'none'].includes(list.trim())) return [];
  const strengths = new Map<AugmentationName, number>();
  for (const entry of list.split(',').map((text) => text.trim())) {
    const [name = '', strength] = entry.split(/:(.*)/s).map((text) => text.trim());
    const names = AUGMENTATIONS.filter((known) => known === name || name === 'all');
    if (names.length === 0) {
      throw new InputError(`unknown augmentation ${show(name)}; known: ${AUGMENTATIONS.join(', ')}, all, or none`);
    }
    const largest = Math.max(...names.map(largestStrength));
    const value = strength === undefined ? 1 : Number(strength || Number.NaN);
    if (!(value >= 0 && value <= largest)) {
      throw new InputError(`augmentation ${show(entry)}: expected a strength from 0 to ${largest}, as in ${name}:0.5`);
    }
    for (const known of names) strengths.set(known, Math.min(value, largestStrength(known)));
  }
  return AUGMENTATIONS.flatMap((name) => {
    const strength = strengths.get(name) ?? 0;
    return strength > 0 ? [{ name, strength }] : [];
  });
}

function largestStrength(name: AugmentationName): number {
  return name in REARRANGEMENTS ? 1 : 3;
}

interface Chosen<Rule> {
  readonly rule: Rule;
  readonly strength: number;
  readonly random: Random;
}

/** Returns the rules of a table that have been chosen, in its order. */
function chosen<Rule>(
  rules: Readonly<Record<string, Rule>>,
  augmentations: readonly Augmentation[],
  key: Key,
): Chosen<Rule>[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const strength = augmentations.find((one) => one.name === name)?.strength ?? 0;
    return strength > 0 ? [{ rule, strength, random: new Random(fold(key, name)) }] : [];
  });
}

/** Says whether a change is made to this sample: to every other one, by the first number of its stream. */
function everyOther({ random }: Chosen<unknown>): boolean {
  return random.integer(2) === 1;
}
