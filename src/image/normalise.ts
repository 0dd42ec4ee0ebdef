/** Normalisation: the values of an image brought to the range that a network learns from. */
import { percentile } from '../base/statistics.js';
import { toUnitRange } from './channels.js';
import type { Image } from './image.js';

/**
 * The normalisations. They take the samples as they are stored, so that 16 bits are kept until then. Sums run in float64
 * in the order of the samples, and nothing but +, -, *, / and square roots is used: the same bits everywhere. All
 * channels of an image are changed alike, which keeps its colours.
 */
const RULES = {
  /** Integers divided by the largest of their type (255, 65535), floats as they are. */
  range: () => toUnitRange,
  /** The 1st to the 99th percentile of the image stretched to 0..1, the rest clipped; a flat image is 0. */
  percentile: (image) => {
    const sorted = image.data.slice().sort();
    const [low, high] = [percentile(sorted, 0.01), percentile(sorted, 0.99)];
    const width = high - low;
    return mapping((value) => (width > 0 ? Math.min(1, Math.max(0, (value - low) / width)) : 0));
  },
  /** Mean 0 and standard deviation 1 over the image; a flat image is 0. */
  zscore: (image) => {
    const { data } = image;
    let sum = 0;
    for (const value of data) sum += value;
    const mean = sum / data.length;
    let squares = 0;
    for (const value of data) squares += (value - mean) * (value - mean);
    const deviation = Math.sqrt(squares / data.length);
    return mapping((value) => (deviation > 0 ? (value - mean) / deviation : 0));
  },
} satisfies Record<string, (image: Image) => Normaliser>;

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

function windowOf(text: string): { readonly centre: number; readonly width: number } | undefined {
  const [, centre, width] = /^window:(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return Number(width) > 0 ? { centre: Number(centre), width: Number(width) } : undefined;
}

export function normalise(image: Image, how: Normalisation): Image<Float32Array> {
  return normaliser(image, how)(image);
}

/** Measures an image, so that its parts can be normalised as the whole would be, one after the other. */
export function normaliser(image: Image, how: Normalisation): Normaliser {
  const window = windowOf(how);
  if (!window) return RULES[how as keyof typeof RULES](image);
  const { centre, width } = window;
  return mapping((value) => Math.min(1, Math.max(0, (value - centre) / width + 0.5)));
}

function mapping(value: (v: number) => number): Normaliser {
  return ({ width, height, channels, data }) => {
    const result = new Float32Array(data.length);
    for (let i = 0; i < result.length; i++) result[i] = value(data[i]!);
    return { width, height, channels, data: result };
  };
}
