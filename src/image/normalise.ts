/** Normalisation: the values of an image brought to the range that a network learns from. */
import { percentile, percentilePlaces } from '../base/statistics.js';
import { toUnitRange } from './channels.js';
import type { Image, ImageData } from './image.js';
import { Ranks } from './ranks.js';

/**
 * What has to be known of a whole image before its parts can be normalised. It is learned by passes over the values, in
 * their order, as many at a time as there are: large images are never in memory as a whole.
 */
export interface Measurement {
  /** Begins a pass. @returns false where none is needed any more */
  begin(): boolean;
  /** Takes note of the next values. */
  add(data: ImageData): void;
  /** Returns the function that normalises, when no pass is needed any more. */
  normaliser(): Normaliser;
}

/**
 * The normalisations. They take the samples as they are stored, so that 16 bits are kept until then. Sums run in float64
 * in the order of the samples, and nothing but +, -, *, / and square roots is used: the same bits everywhere. All
 * channels of an image are changed alike, which keeps its colours.
 */
const RULES = {
  /** Integers divided by the largest of their type (255, 65535), floats as they are. */
  range: () => known(toUnitRange),
  /** The 1st to the 99th percentile of the image stretched to 0..1, the rest clipped; a flat image is 0. */
  percentile: () => new Percentiles(),
  /** Mean 0 and standard deviation 1 over the image; a flat image is 0. */
  zscore: () => new Moments(),
} satisfies Record<string, () => Measurement>;

/** The percentiles that become 0 and 1, as shares. */
export const PERCENTILES = [0.01, 0.99] as const;
const [LOW, HIGH] = PERCENTILES;

/**
 * The values from `centre - width / 2` to `centre + width / 2` as 0..1, the rest clipped; in the units of the file, which
 * are Hounsfield units in a CT.
 */
type ValueWindow = `window:${number},${number}`;

/** Normalises an image, or a part of it, by what was measured of the whole. */
export type Normaliser = (part: Image) => Image<Float32Array>;

export type Normalisation = keyof typeof RULES | ValueWindow;

/** The normalisations by their names, and how a window of values is written. */
export const normalisations = [...Object.keys(RULES), 'window:CENTRE,WIDTH'] as const;

/** Whether a text is a normalisation: a name, or a window of a width above 0. */
export function isNormalisation(text: unknown): text is Normalisation {
  if (typeof text !== 'string') return false;
  return Object.hasOwn(RULES, text) || windowOf(text) !== undefined;
}

/** The middle and the width of a window of values; undefined for the other normalisations. */
export function windowOf(text: string): { readonly centre: number; readonly width: number } | undefined {
  const [, centre, width] = /^window:(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return Number(width) > 0 ? { centre: Number(centre), width: Number(width) } : undefined;
}

export function normalise(image: Image, how: Normalisation): Image<Float32Array> {
  const measurement = measurementFor(how);
  while (measurement.begin()) measurement.add(image.data);
  return measurement.normaliser()(image);
}

/** Begins to measure an image for a normalisation. */
export function measurementFor(how: Normalisation): Measurement {
  const window = windowOf(how);
  if (!window) return RULES[how as keyof typeof RULES]();
  const { centre, width } = window;
  return known(mapping((value) => Math.min(1, Math.max(0, (value - centre) / width + 0.5))));
}

/** The measurement of a normalisation that is the same for all images. */
function known(normaliser: Normaliser): Measurement {
  return { begin: () => false, add: () => {}, normaliser: () => normaliser };
}

class Percentiles implements Measurement {
  readonly #sorted = new Ranks((count) => [LOW, HIGH].flatMap((share) => percentilePlaces(count, share)));

  begin(): boolean {
    return this.#sorted.begin();
  }

  add(data: ImageData): void {
    this.#sorted.add(data);
  }

  normaliser(): Normaliser {
    const [low, high] = [percentile(this.#sorted, LOW), percentile(this.#sorted, HIGH)];
    const width = high - low;
    return mapping((value) => (width > 0 ? Math.min(1, Math.max(0, (value - low) / width)) : 0));
  }
}

/** The first pass sums the values, the second the squares of their distances from the mean. */
class Moments implements Measurement {
  #passes = 0;
  #count = 0;
  #sum = 0;
  #mean = 0;
  #squares = 0;

  begin(): boolean {
    if (this.#passes === 1) this.#mean = this.#sum / this.#count;
    return this.#passes++ < 2;
  }

  add(data: ImageData): void {
    if (this.#passes === 1) {
      this.#count += data.length;
      for (const value of data) this.#sum += value;
      return;
    }
    const mean = this.#mean;
    for (const value of data) this.#squares += (value - mean) * (value - mean);
  }

  normaliser(): Normaliser {
    const mean = this.#mean;
    const deviation = Math.sqrt(this.#squares / this.#count);
    return mapping((value) => (deviation > 0 ? (value - mean) / deviation : 0));
  }
}

function mapping(value: (v: number) => number): Normaliser {
  return ({ width, height, channels, data }) => {
    const result = new Float32Array(data.length);
    for (let i = 0; i < result.length; i++) result[i] = value(data[i]!);
    return { width, height, channels, data: result };
  };
}
