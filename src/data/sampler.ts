/** The choice of a sampling strategy by the options of a data set, and the options that exclude each other. */
import { InputError } from '../base/errors.js';
import type { Normalisation } from '../image/normalise.js';
import type { Plane } from '../image/plane.js';
import type { Fit, Preprocessing } from '../image/prepare.js';
import type { Sampler } from './dataset.js';
import { patchSampler } from './patch-sampler.js';
import { type ImageRecords, storedPixels } from './record.js';
import { resizeSampler } from './resize-sampler.js';

/** How images become what a network is trained on: brought to a size, or by patches at their own. */
export interface SamplingOptions {
  /** How the values of images are normalised. Default: 'range'. */
  readonly normalisation?: Normalisation;
  /** Width and height that every image is brought to; without it there is a `patch`. */
  readonly size?: number;
  /** Whether images are stretched to the square, or padded. Default: 'stretch'. */
  readonly fit?: Fit;
  /** Width and height of the patches of images at their own size that a network is trained on, in place of `size`. */
  readonly patch?: number;
  /** Millimetres a pixel that images are resampled to before patches are cut. Default: they keep their pixels. */
  readonly spacing?: number;
  /** The share of patches that show foreground. Default: a third. */
  readonly foreground?: number;
  /**
   * How many patches of each image an epoch has. Default: so many that they have about the pixels of the images as they are
   * stored, at least 1.
   */
  readonly patches?: number;
}

/**
 * Checks the options of a sampler, before any image is looked for.
 * @returns makes the sampler for the images of a data set
 * @throws InputError for options that exclude each other, or are none
 */
export function samplerOf(
  options: SamplingOptions & Pick<Preprocessing, 'neighbours'>,
): (records: ImageRecords) => Sampler {
  const { size, fit, patch, spacing, foreground, patches } = options;
  if (patch === undefined) {
    for (const [name, value] of Object.entries({ spacing, foreground, patches })) {
      if (value === undefined) continue;
      throw new InputError(
        `${name} ${value} is of patches of images at their own size; give patch too, or leave it out`,
      );
    }
    if (size === undefined) throw new InputError('give size, to which images are brought, or patch, to keep their own');
    const make = (seen: Seen) => resizeSampler({ size, ...(fit && { fit }), ...seen });
    make({ normalisation: 'range' });
    return (records) => make(seenOf(records, options));
  }
  if (size !== undefined) {
    throw new InputError(
      `size ${size} and patch ${patch} exclude each other: images are brought to a size, or keep their own and are trained on in patches; leave one of them out`,
    );
  }
  if (fit !== undefined) {
    throw new InputError(
      `fit ${fit} says how images are brought to a size, and with patch ${patch} they keep their own; leave one of them out`,
    );
  }
  const make = (perImage: number, seen: Seen) =>
    patchSampler({ patch, perImage, foreground, ...(spacing !== undefined && { spacing }), ...seen });
  make(patches ?? 1, { normalisation: 'range' });
  return (records) => make(patches ?? patchesPerImage(records, patch), seenOf(records, options));
}

/** How images are seen, by the options and by the files. */
type Seen = Pick<Preprocessing, 'normalisation' | 'plane' | 'neighbours'>;

/** @throws InputError for volumes that would be cut along different planes */
function seenOf(records: ImageRecords, options: SamplingOptions & Pick<Seen, 'neighbours'>): Seen {
  const { normalisation = 'range', neighbours = 0 } = options;
  const plane = planeOf(records);
  return { normalisation, ...(plane && { plane }), ...(neighbours > 0 && { neighbours }) };
}

/** The plane of all slices of volumes; undefined where there are none. */
function planeOf(records: ImageRecords): Plane | undefined {
  const slices = [...records.values()].filter(({ plane }) => plane);
  const [first] = slices;
  const other = slices.find(({ plane }) => plane !== first?.plane);
  if (!other) return first?.plane;
  const found = `${first!.name} is a slice of the ${first!.plane} plane, ${other.name} of the ${other.plane} plane`;
  throw new InputError(`${found}, as their pixels are smallest there; choose one with --plane`);
}

function patchesPerImage(records: ImageRecords, patch: number): number {
  return Math.max(1, Math.round(storedPixels(records) / records.size / patch ** 2));
}
