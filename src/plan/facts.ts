/** What a plan is made from: what the headers of a data set say, and what a sample of its images and masks shows. */
import { evenly } from '../base/evenly.js';
import { median } from '../base/statistics.js';
import { classPixels, sharesOf } from '../data/class-shares.js';
import type { Dataset } from '../data/dataset.js';
import type { LabelledImage } from '../data/record.js';
import { boxesOf, components } from '../image/components.js';
import type { Size } from '../image/frame.js';
import type { Image, Spacing } from '../image/image.js';
import { runsOf } from '../image/runs.js';

/** How many training images are looked at, at most: enough for a median, and read in seconds. */
const SAMPLE = 64;

/** The facts on a data set. Test images are counted, and have no part in anything else. */
export interface DataFacts {
  readonly images: { readonly train: number; readonly validation: number; readonly test: number };
  /** How many patients the images for training and validation show; null where they are not known. */
  readonly patients: number | null;
  readonly channels: number;
  /** How many classes there are beside the background. */
  readonly classes: number;
  /** The sizes of the images for training and validation in pixels, width and height each on its own. */
  readonly sizes: { readonly smallest: Size; readonly median: Size; readonly largest: Size };
  /** Whether every one of them is as wide as it is high. */
  readonly square: boolean;
  /** How many pixels a training image has on average. */
  readonly meanPixels: number;
  /** How many training images were looked at; what follows is of these. */
  readonly looked: number;
  /** The most bits that a sample of an image has: 32 where it is no unsigned number of 8 or 16. */
  readonly bits: 8 | 16 | 32;
  /** The share of the range of values that an image uses, from its least to its greatest: the median of the images. */
  readonly contrast: number;
  /** The median size of a pixel in millimetres; null where the files do not say it. */
  readonly spacing: Spacing | null;
  /** The share of all pixels that the background and each class have. */
  readonly shares: readonly number[];
  /** The share of images that show no foreground. */
  readonly empty: number;
  /** The longer side of the largest object of an image in pixels: the median of the images that show one, else 0. */
  readonly objectSide: number;
}

export interface LookOptions {
  readonly signal?: AbortSignal | undefined;
  /** Is called after each image that was looked at. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Gathers the facts: sizes from the records alone, everything else from a sample of the training images, evenly spaced.
 * The same data set gives the same facts on any machine.
 * @throws InputError for a file that is damaged, or the reason of the signal
 */
export async function gatherFacts(dataset: Dataset, { signal, onProgress }: LookOptions = {}): Promise<DataFacts> {
  const { records, split, channels, classes } = dataset;
  const seen = [...split.train, ...split.validation].map((name) => records.get(name)!);
  const patients = new Set(seen.flatMap(({ patient }) => patient ?? []));
  const trained = split.train.map((name) => records.get(name)!);
  const sample = evenly(trained, SAMPLE);
  const looks: Look[] = [];
  for (const record of sample) {
    signal?.throwIfAborted();
    looks.push(lookAt(await record.read(), classes));
    onProgress?.(looks.length, sample.length);
  }
  const shown = looks.filter(({ objectSide }) => objectSide > 0);
  return {
    images: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    patients: patients.size > 0 ? patients.size : null,
    channels,
    classes,
    sizes: sizesOf(seen),
    square: seen.every(({ width, height }) => width === height),
    meanPixels: trained.reduce((sum, { width, height }) => sum + width * height, 0) / trained.length,
    looked: looks.length,
    bits: looks.reduce<DataFacts['bits']>((most, { bits }) => (bits > most ? bits : most), 8),
    contrast: median(looks.map(({ contrast }) => contrast)),
    spacing: spacingOf(looks),
    shares: sharesOf(looks.map(({ counts }) => counts)),
    empty: (looks.length - shown.length) / looks.length,
    objectSide: shown.length > 0 ? median(shown.map(({ objectSide }) => objectSide)) : 0,
  };
}

/** What one image and its mask show. */
interface Look {
  readonly bits: 8 | 16 | 32;
  readonly contrast: number;
  readonly spacing: Spacing | undefined;
  /** How many pixels the background and each class have. */
  readonly counts: readonly number[];
  readonly objectSide: number;
}

function lookAt({ image, mask }: LabelledImage, classes: number): Look {
  const bits = (8 * image.data.BYTES_PER_ELEMENT) as Look['bits'];
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of image.data) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const counts = classPixels(mask, classes);
  // Fractional numbers have no range of their own that they could use.
  const contrast = bits === 32 ? 1 : (greatest - least) / (2 ** bits - 1);
  return { bits, contrast, spacing: image.spacing, counts, objectSide: largestSide(mask) };
}

/** The longest side of the box around an object of a mask; 0 where there is none. */
function largestSide(mask: Image<Uint8Array>): number {
  const runs = runsOf(mask);
  const sides = boxesOf(runs, components(runs, 8)).map(({ width, height }) => Math.max(width, height));
  return sides.reduce((a, b) => Math.max(a, b), 0);
}

function sizesOf(records: readonly Size[]): DataFacts['sizes'] {
  const size = (of: (values: readonly number[]) => number): Size => ({
    width: of(records.map(({ width }) => width)),
    height: of(records.map(({ height }) => height)),
  });
  return {
    smallest: size((values) => values.reduce((a, b) => Math.min(a, b))),
    median: size(median),
    largest: size((values) => values.reduce((a, b) => Math.max(a, b))),
  };
}

function spacingOf(looks: readonly Look[]): Spacing | null {
  const known = looks.flatMap(({ spacing }) => (spacing ? [spacing] : []));
  if (known.length < looks.length) return null;
  return [median(known.map(([row]) => row)), median(known.map(([, column]) => column))];
}
