/** A data set of images at their own sizes, of which a network is trained on patches: bright discs on noise. */
import { fold, Random, seedKey } from '../../../src/base/random.js';
import { sampleCache } from '../../../src/data/cache.js';
import type { Dataset } from '../../../src/data/dataset.js';
import type { ImageRecord, LabelledImage } from '../../../src/data/record.js';
import { type SamplingOptions, samplerOf } from '../../../src/data/sampler.js';

export interface OwnSizesOptions extends SamplingOptions {
  /** Images to train on; default 5. */
  readonly train?: number;
  /** Width and height of each image, in turn; default of three, none of which is square. */
  readonly sizes?: readonly (readonly [number, number])[];
}

const SIZES = [
  [41, 30],
  [24, 53],
  [13, 9],
] as const;

export function ownSizes({ train = 5, sizes = SIZES, ...options }: OwnSizesOptions = {}): Dataset {
  const records = new Map<string, ImageRecord>();
  const names = (subset: string, count: number) =>
    Array.from({ length: count }, (_, k) => {
      const name = `${subset}-${k}`;
      const [width, height] = sizes[k % sizes.length]!;
      records.set(name, { name, width, height, channels: 1, read: async () => drawn(name, width, height) });
      return name;
    });
  const split = { train: names('train', train), validation: names('validation', 4), test: [] };
  const sampler = samplerOf({ patch: 16, ...options })(records);
  const cache = sampleCache();
  return {
    name: 'discs',
    source: 'discs',
    records,
    channels: 1,
    classes: 1,
    classNames: ['disc'],
    split,
    splitOrigin: 'synthetic',
    sampler,
    load: (name) => cache.get(name, async () => sampler.sample(name, await records.get(name)!.read(), 1)),
  };
}

function drawn(name: string, width: number, height: number): LabelledImage {
  const random = new Random(fold(seedKey(5), name));
  const [x, y] = [random.integer(width), random.integer(height)];
  const mask = Uint8Array.from({ length: width * height }, (_, i) =>
    Number((x - (i % width)) ** 2 + (y - Math.floor(i / width)) ** 2 < 20),
  );
  const data = mask.map((label) => Math.round(random.uniform(0, 90)) + 120 * label);
  const frame = { width, height, channels: 1 };
  return { image: { ...frame, data }, mask: { ...frame, data: mask } };
}
