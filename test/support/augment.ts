/** Samples to augment. */

import { fold, type Key, Random, seedKey } from '../../src/base/random.js';
import { augment, parseAugmentations } from '../../src/data/augment/augment.js';
import type { Sample } from '../../src/data/dataset.js';
import type { Image } from '../../src/image/image.js';

export interface SampleOptions {
  readonly width?: number;
  readonly height?: number;
  readonly channels?: 1 | 3;
  /** The image's values. Default: uniform in 0.4..0.6, which augmentation of the usual strength keeps within [0, 1]. */
  readonly value?: (x: number, y: number, channel: number, random: Random) => number;
  readonly label?: (x: number, y: number) => number;
}

/** Default: 24 x 24, grey, with a disc that is not in the middle. */
export function sampleOf(options: SampleOptions = {}): Sample {
  const {
    width = 24,
    height = width,
    channels = 1,
    value = (_x, _y, _c, random) => random.uniform(0.4, 0.6),
  } = options;
  const { label = (x, y) => Number((x - 9) ** 2 + (y - 14) ** 2 < 30) } = options;
  const random = new Random(seedKey(77));
  const image = new Float32Array(width * height * channels);
  const mask = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      mask[i] = label(x, y);
      for (let c = 0; c < channels; c++) image[i * channels + c] = value(x, y, c, random);
    }
  }
  const frame = { width, height };
  return {
    name: 'a',
    image: { ...frame, channels, data: image },
    mask: { ...frame, channels: 1, data: mask },
  };
}

export function keyOf(step: number): Key {
  return fold(seedKey(1), step);
}

/** `sample` augmented by the list of the command line, once for each of `count` keys. */
export function augmented(sample: Sample, list: string, count = 1): Sample[] {
  const augmentations = parseAugmentations(list);
  return Array.from({ length: count }, (_, step) => augment(sample, augmentations, keyOf(step)));
}

/** Those that are not the sample as it is: about half of twice `count` or more. */
export function changed(sample: Sample, list: string, count: number): Sample[] {
  return augmented(sample, list, 2 * count).filter((one) => one !== sample);
}

export function meanAndDeviation({ data }: Image): [mean: number, deviation: number] {
  const values = Array.from(data);
  const mean = values.reduce((a, b) => a + b) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)];
}

/** The largest difference between two lists, place by place. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
