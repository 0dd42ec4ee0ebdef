/** A data set that a tiny network learns in a second: a bright square on noise. Its samples are drawn, not sampled. */
import { fold, Random, seedKey } from '../../../src/base/random.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { resizeSampler } from '../../../src/data/resize-sampler.js';

export interface SquaresOptions {
  /** Width and height; default 16. */
  readonly size?: number;
  /** Foreground classes; default 1. The class of a square is its brightness. */
  readonly classes?: number;
  /** Images to train on; default 16. */
  readonly train?: number;
}

export function squares({ size = 16, classes = 1, train = 16 }: SquaresOptions = {}): Dataset {
  const names = (subset: string, count: number) => Array.from({ length: count }, (_, k) => `${subset}-${k}`);
  return {
    name: 'squares',
    source: 'squares',
    records: new Map(),
    channels: 1,
    classes,
    classNames: Array.from({ length: classes }, (_, k) => `brightness ${k + 1}`),
    split: { train: names('train', train), validation: names('validation', 6), test: [] },
    splitOrigin: 'synthetic',
    sampler: resizeSampler({ normalisation: 'range', size }),
    async load(name) {
      const random = new Random(fold(seedKey(9), name));
      const side = 3 + random.integer(size / 3);
      const [left, top] = [random.integer(size - side), random.integer(size - side)];
      const label = 1 + random.integer(classes);
      const image = new Float32Array(size * size);
      const mask = new Uint8Array(size * size);
      for (let y = 0, i = 0; y < size; y++) {
        for (let x = 0; x < size; x++, i++) {
          const inside = x >= left && x < left + side && y >= top && y < top + side;
          image[i] = random.uniform(0, 0.4) + (inside ? (0.5 * label) / classes : 0);
          mask[i] = inside ? label : 0;
        }
      }
      const frame = { width: size, height: size, channels: 1 };
      return { name, image: { ...frame, data: image }, mask: { ...frame, data: mask } };
    },
  };
}
