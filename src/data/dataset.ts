/** Data sets: records of labelled images, their split into subsets, and the sampler that makes a network's input. */
import type { Key } from '../base/random.js';
import type { Image } from '../image/image.js';
import type { Preprocessing } from '../image/prepare.js';
import type { Window } from '../image/window.js';
import type { ImageRecords, LabelledImage } from './record.js';
import type { DrawnSplit } from './split/plan.js';
import type { Split } from './split/split.js';

/** One labelled image as a network sees it, or a patch of one. Others hold it, too: do not write to it. */
export interface Sample {
  readonly name: string;
  /** The image, normalised: with 'range' its values are in [0, 1]. Its size is what the sampler says. */
  readonly image: Image<Float32Array>;
  /** The mask, of the same size: 0 = background, 1..K = the classes. */
  readonly mask: Image<Uint8Array>;
  /** How many objects of the mask were lost when it was resized, see `countVanished`; absent where none were. */
  readonly vanished?: number;
}

/** The strategy that makes what a network of one size is trained on out of images of any size. */
export interface Sampler {
  /** Which strategy it is; see `resizeSampler` and `patchSampler`. */
  readonly kind: 'resize' | 'patch';
  /** What a model that is trained on the samples keeps, so that it sees the images that it predicts in the same way. */
  readonly preprocessing: Preprocessing;
  /** Width and height in pixels of what a network is trained on: samples, or where there are `patches` those. */
  readonly size: number;
  /** The patches of samples that a network is trained on; where it is absent, it is trained on whole samples. */
  readonly patches?: Patches;
  /** Makes the sample of an image; `channels` is how many the network reads. */
  sample(name: string, labelled: LabelledImage, channels: number): Sample;
}

/** How a training draws patches of samples. */
export interface Patches {
  /** How many patches of each image an epoch has. */
  readonly perImage: number;
  /** Draws the place of a patch, a pure function of the sample and of a key for each seed, epoch, image and patch. */
  window(sample: Sample, key: Key): Window;
}

/** Labelled images and their split into subsets. */
export interface Dataset {
  readonly name: string;
  /** The folder that it was read from, or 'synthetic'. */
  readonly source: string;
  /** The images as they are stored. */
  readonly records: ImageRecords;
  /** How many channels every sample has. */
  readonly channels: number;
  /** How many classes there are beside the background. */
  readonly classes: number;
  /** What the values 1..K of the masks stand for. */
  readonly classNames: readonly string[];
  readonly split: Split;
  readonly splitOrigin: 'split.json' | 'drawn' | 'synthetic';
  /** How the split was drawn, where a plan was given. */
  readonly drawn?: DrawnSplit;
  /** How samples are made of the images. */
  readonly sampler: Sampler;
  /**
   * Makes the sample of an image, or takes it from memory.
   * @throws InputError when the name is not in the set, or its file turns out to be damaged or no mask
   */
  load(name: string): Promise<Sample>;
}

/** Returns how many examples an epoch has that are trained on: the training images, or the patches of them. */
export function examplesOf({
  split,
  sampler,
}: Pick<Dataset, 'split'> & { readonly sampler: Pick<Sampler, 'patches'> }): number {
  return split.train.length * (sampler.patches?.perImage ?? 1);
}
