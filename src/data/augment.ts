import { InputError } from '../base/errors.js';
import type { Image, ImageData } from '../base/image.js';
import { fold, type Key, Random } from '../base/random.js';
import { emptyLike } from '../image/channels.js';
import type { Sample } from './dataset.js';

/** Changes a sample in a way that leaves it a true example; what it does is drawn from `random` alone. */
type Rule = (sample: Sample, random: Random) => Sample;

const RULES = {
  /** Left-right and upside-down, each with probability 1/2. */
  flip: (sample, random) => {
    const word = random.word();
    const [leftRight, upsideDown] = [(word & 1) === 1, (word & 2) === 2];
    if (!leftRight && !upsideDown) return sample;
    return {
      name: sample.name,
      image: flipImage(sample.image, leftRight, upsideDown),
      mask: flipImage(sample.mask, leftRight, upsideDown),
    };
  },
} satisfies Record<string, Rule>;

export type Augmentation = keyof typeof RULES;

/** All augmentations, in the order in which they are applied. */
export const AUGMENTATIONS = Object.keys(RULES) as readonly Augmentation[];

/**
 * The sample, augmented by the named rules. A pure function of its arguments: a key per (seed, epoch, sample) gives the
 * same pixels on any worker. Each rule has its own stream of `key`, so that one more rule does not change the others.
 */
export function augment(sample: Sample, names: readonly Augmentation[], key: Key): Sample {
  return AUGMENTATIONS.filter((name) => names.includes(name)).reduce(
    (changed, name) => RULES[name](changed, new Random(fold(key, name))),
    sample,
  );
}

/**
 * Augmentations from a list with commas; '' and 'none' are no augmentation.
 * @throws InputError that names the unknown one and the known ones
 */
export function parseAugmentations(list: string): Augmentation[] {
  const names = list.split(',').map((name) => name.trim());
  if (names.length === 1 && (names[0] === '' || names[0] === 'none')) return [];
  const unknown = names.find((name) => !(AUGMENTATIONS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new InputError(`unknown augmentation "${unknown}"; known: ${AUGMENTATIONS.join(', ')}, or none`);
  }
  return AUGMENTATIONS.filter((name) => names.includes(name));
}

function flipImage<T extends ImageData>(image: Image<T>, leftRight: boolean, upsideDown: boolean): Image<T> {
  const { width, height, channels, data } = image;
  const flipped = emptyLike(data, data.length);
  for (let y = 0, at = 0; y < height; y++) {
    const row = (upsideDown ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      const from = (row + (leftRight ? width - 1 - x : x)) * channels;
      for (let c = 0; c < channels; c++) flipped[at++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: flipped };
}
