/** Data sets: records of labelled images, their split into subsets, and the sampler that makes a network's input. */
import type { Image } from '../image/image.js';
import type { Preprocessing } from '../image/prepare.js';
import type { ImageRecords, LabelledImage } from './record.js';
import type { DrawnSplit } from './split/plan.js';
import type { Split } from './split/split.js';

/** One labelled image as a network is trained on it. Others hold it, too: do not write to it. */
export interface Sample {
  readonly name: string;
  /** The image, size x size x channels, normalised: with 'range' its values are in [0, 1]. */
  readonly image: Image<Float32Array>;
  /** The mask, size x size x 1: 0 = background, 1..K = the classes. */
  readonly mask: Image<Uint8Array>;
  /** How many objects of the mask were lost when it was resized, see `countVanished`; absent where none were. */
  readonly vanished?: number;
}

/** The strategy that makes samples of one size out of images of any size. */
export interface Sampler {
  /** Which strategy it is; see `resizeSampler`. */
  readonly kind: 'resize';
  /** What a model that is trained on the samples keeps, so that it sees the images that it predicts in the same way. */
  readonly preprocessing: Preprocessing;
  /** Width and height of every sample in pixels. */
  readonly size: number;
  /** Makes the sample of an image; `channels` is how many the network reads. */
  sample(name: string, labelled: LabelledImage, channels: 1 | 3): Sample;
}

/** Labelled images and their split into subsets. */
export interface Dataset {
  readonly name: string;
  /** The folder that it was read from, or 'synthetic'. */
  readonly source: string;
  /** The images as they are stored. */
  readonly records: ImageRecords;
  /** How many channels every sample has. */
  readonly channels: 1 | 3;
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
