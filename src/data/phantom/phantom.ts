/** A data set that needs no files: slices of a brain-tumour phantom. */

import { InputError } from '../../base/errors.js';
import { fold, type Key, Random, seedKey } from '../../base/random.js';
import { show } from '../../base/show.js';
import type { Image } from '../../image/image.js';
import { sampleCache } from '../cache.js';
import type { Dataset } from '../dataset.js';
import type { ImageRecord } from '../record.js';
import { type SamplingOptions, samplerOf } from '../sampler.js';
import type { Split, Subset } from '../split/split.js';
import { drawHead, HEAD_EDGE } from './head.js';
import { drawLesion, type LesionKind } from './lesion.js';
import { unitVector } from './shapes.js';

/** One slice of the phantom. */
export interface Phantom {
  readonly kind: LesionKind;
  /** The image, size x size x 1, 0..255. */
  readonly image: Image<Uint8Array>;
  /** The mask, size x size x 1: 1 in the lesion, its core included. */
  readonly mask: Image<Uint8Array>;
}

/**
 * Renders a brain-tumour slice that looks like T1-weighted MRI with contrast agent: a head, one lesion, a coil's uneven
 * sensitivity and noise. Only +, -, *, / and square roots are used: the same bits on every machine. It serves to try
 * the program and to test it; it says nothing about real tumours.
 */
export function renderPhantom(key: Key, size: number): Phantom {
  const random = new Random(key);
  const head = drawHead(random);
  const lesion = drawLesion(random, head);
  const tilt = unitVector(random);
  const [slope, bowl] = [random.uniform(0, 0.18), random.uniform(-0.15, 0.15)];
  const gain = random.uniform(0.85, 1.05);
  const sigma = random.uniform(0.015, 0.04);

  const image = new Uint8Array(size * size);
  const mask = new Uint8Array(size * size);
  const pixel = 2 / size;
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const p = { x: (x + 0.5) * pixel - 1, y: (y + 0.5) * pixel - 1 };
      const h = head.toHead(p);
      const radius = head.radius(h);
      let tissue = 0;
      if (radius < HEAD_EDGE) {
        const depth = lesion.depth(h, radius);
        tissue = lesion.paint(head.intensity(h, radius), h, depth, pixel);
        if (depth >= 0) mask[i] = 1;
      }
      const sensitivity = gain * (1 + slope * (tilt.x * p.x + tilt.y * p.y) + bowl * (p.x * p.x + p.y * p.y - 0.5));
      // A scanner shows the length of a complex signal, so its noise never cancels to black.
      const [re, im] = [tissue * sensitivity + sigma * random.normal(), sigma * random.normal()];
      image[i] = Math.min(255, Math.round(255 * Math.sqrt(re * re + im * im)));
    }
  }
  const frame = { width: size, height: size, channels: 1 };
  return { kind: lesion.kind, image: { ...frame, data: image }, mask: { ...frame, data: mask } };
}

/** How many slices there are of each subset. */
export type PhantomSlices = Readonly<Record<Subset, number>>;

export const phantomSlices: PhantomSlices = { train: 160, validation: 32, test: 32 };

/** The options of the phantom. Numbers of slices that are left out are those of `phantomSlices`. */
export interface SyntheticOptions extends Partial<PhantomSlices>, SamplingOptions {
  /** Width and height in pixels, at least 32. Default: 128, also where there is a `patch`. */
  readonly size?: number;
  readonly seed: number;
}

/**
 * Makes a data set of phantom slices, which are rendered when they are loaded. A slice depends on the seed, its subset
 * and its number only: a larger set begins with the slices of a smaller one.
 * @throws InputError on a size below 32 and on numbers of slices that are not whole, or 0 for train or validation
 */
export function syntheticDataset(options: SyntheticOptions): Dataset {
  const { seed } = options;
  const size = options.size ?? 128;
  const samplerFor = samplerOf(options.patch === undefined ? { ...options, size } : options);
  const { train = phantomSlices.train, validation = phantomSlices.validation, test = phantomSlices.test } = options;
  if (size < 32) throw new InputError(`the synthetic phantom needs a size of at least 32 pixels, found ${size}`);
  const records = new Map<string, ImageRecord>();
  const names = (subset: Subset, count: number): string[] => {
    const least = subset === 'test' ? 0 : 1;
    if (!Number.isInteger(count) || count < least) {
      throw new InputError(
        `the synthetic phantom needs a whole number of ${subset} slices, at least ${least}, found ${count}`,
      );
    }
    const subsetKey = fold(seedKey(seed), `phantom ${subset}`);
    return Array.from({ length: count }, (_, i) => {
      const name = `${subset}-${String(i).padStart(4, '0')}`;
      const read = async () => renderPhantom(fold(subsetKey, i), size);
      records.set(name, { name, width: size, height: size, channels: 1, read });
      return name;
    });
  };
  const split: Split = {
    train: names('train', train),
    validation: names('validation', validation),
    test: names('test', test),
  };
  const sampler = samplerFor(records);
  const cache = sampleCache();
  return {
    name: 'synthetic brain-tumour phantom',
    source: 'synthetic',
    records,
    channels: 1,
    classes: 1,
    classNames: ['lesion'],
    split,
    splitOrigin: 'synthetic',
    sampler,
    async load(name) {
      const record = records.get(name);
      if (!record) throw new InputError(`the synthetic phantom has no slice ${show(name)}`);
      return cache.get(name, async () => sampler.sample(name, await record.read(), 1));
    },
  };
}
