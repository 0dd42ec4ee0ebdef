/**
 * The sampling strategy 'patch': images keep their own size, or are resampled to one spacing, and a network is trained on
 * square patches of them.
 */
import { defined } from '../base/defaults.js';
import { InputError } from '../base/errors.js';
import { fold, type Key, Random } from '../base/random.js';
import { show } from '../base/show.js';
import { scaledMask } from '../image/frame.js';
import { type Image, MAX_SIDE } from '../image/image.js';
import { frameOf, type Preprocessing, prepareImage } from '../image/prepare.js';
import type { Window } from '../image/window.js';
import type { Sampler } from './dataset.js';
import { requireScaled } from './scaled.js';
import { countVanished } from './vanished.js';

/** The share of patches that are drawn around foreground by default, that of nnU-Net. */
const FOREGROUND = 1 / 3;

export interface PatchSamplerOptions extends Pick<Preprocessing, 'normalisation' | 'spacing' | 'plane' | 'neighbours'> {
  /** Width and height of a patch in pixels. */
  readonly patch: number;
  /** How many patches of each image an epoch has. */
  readonly perImage: number;
  /**
   * The share of patches that show foreground, from 0 to 1 (Isensee et al., "nnU-Net", Nature Methods 18, 2021: a third).
   * Default: 1/3. The others may show some, too.
   */
  readonly foreground?: number | undefined;
}

/**
 * Makes samples of the images as they are, normalised as a whole, and draws patches of them. A patch lies within the image
 * where that is large enough, and else in its middle, surrounded by the reflection of the image.
 * @throws InputError unless the options are a whole number of pixels, of patches, a share and a number of millimetres
 */
export function patchSampler(options: PatchSamplerOptions): Sampler {
  const { normalisation, patch, spacing, plane, neighbours, perImage, foreground = FOREGROUND } = options;
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  if (!isCount(patch) || patch > MAX_SIDE) {
    throw new InputError(`patch must be a whole number of pixels from 1 to ${MAX_SIDE}, found ${show(patch)}`);
  }
  if (!isCount(perImage)) {
    throw new InputError(`patches must be a whole number of patches an image, at least 1, found ${show(perImage)}`);
  }
  if (!(foreground >= 0 && foreground <= 1)) {
    throw new InputError(`foreground must be a share from 0 to 1, found ${show(foreground)}`);
  }
  if (spacing !== undefined && !(spacing > 0 && spacing < Infinity)) {
    throw new InputError(`spacing must be a number of millimetres above 0, found ${show(spacing)}`);
  }
  const preprocessing: Preprocessing = { normalisation, patch, ...defined({ spacing, plane, neighbours }) };
  return {
    kind: 'patch',
    preprocessing,
    size: patch,
    patches: {
      perImage,
      window: ({ image, mask }, key) => drawWindow(image, mask, patch, foreground, key),
    },
    sample(name, { image, mask }, channels) {
      requireScaled(name, image, normalisation);
      requireSpacing(name, image, spacing);
      const frame = frameOf(image, preprocessing);
      const scaled = scaledMask(mask, frame);
      const vanished = countVanished(mask, scaled);
      return {
        name,
        image: prepareImage(image, channels, preprocessing),
        mask: scaled,
        ...(vanished > 0 && { vanished }),
      };
    },
  };
}

/** @throws InputError that names the image, where it cannot be resampled to a spacing */
function requireSpacing(name: string, image: Image, spacing: number | undefined): void {
  if (spacing === undefined) return;
  if (!image.spacing) {
    throw new InputError(
      `${name}: this image does not say how large its pixels are, so that it cannot be resampled to a spacing of ${spacing} mm; leave spacing out, or store the size of a pixel in the file`,
    );
  }
  const { width, height } = frameOf(image, { spacing });
  if (Math.max(width, height) <= MAX_SIDE) return;
  const [row, column] = image.spacing;
  throw new InputError(
    `${name}: ${image.width}x${image.height} pixels of ${row}x${column} mm would be ${width}x${height} at a spacing of ${spacing} mm, and a side has at most ${MAX_SIDE}; choose a larger spacing`,
  );
}

/** Draws a place anywhere in the image, or with the probability `foreground` around a pixel of its foreground. */
function drawWindow(image: Image, mask: Image<Uint8Array>, side: number, foreground: number, key: Key): Window {
  const random = new Random(fold(key, 'patch'));
  const centre = random.uniform() < foreground ? drawForeground(mask, random) : undefined;
  const half = Math.floor(side / 2);
  const [x, y] = centre === undefined ? [] : [centre % mask.width, Math.floor(centre / mask.width)];
  const place = (length: number, at: number | undefined): number => {
    const last = length - side;
    if (last <= 0) return Math.floor(last / 2);
    return at === undefined ? random.integer(last + 1) : Math.min(Math.max(0, at - half), last);
  };
  return { left: place(image.width, x), top: place(image.height, y), width: side, height: side };
}

/**
 * Draws a class of those that a mask has, each alike, so that rare ones are seen, and a pixel of it.
 * @returns its index; undefined where there is background only
 */
function drawForeground({ data }: Image<Uint8Array>, random: Random): number | undefined {
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i++) counts[data[i]!]!++;
  const classes = [...counts.keys()].filter((value) => value > 0 && counts[value]! > 0);
  if (classes.length === 0) return undefined;
  const label = classes[random.integer(classes.length)]!;
  let at = -1;
  for (let left = random.integer(counts[label]!); left >= 0; left--) at = data.indexOf(label, at + 1);
  return at;
}
