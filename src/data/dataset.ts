/** Labelled images, and which of them are for what: what a model is trained and measured on. */
import type { Image } from '../base/image.js';
import type { Normalisation } from '../image/normalise.js';
import type { Origin } from './folder/format.js';
import type { DrawnSplit } from './split/plan.js';
import type { Split } from './split/split.js';

/** One labelled image as a network is trained on it. It is shared: do not write to it. */
export interface Sample {
  readonly name: string;
  /** size x size x channels, normalised: with 'range' values in [0, 1]. */
  readonly image: Image<Float32Array>;
  /** size x size x 1: 0 = background, 1..K = the classes. */
  readonly mask: Image<Uint8Array>;
  /** How many objects of the mask its resizing has lost, see `countVanished`; absent where none. */
  readonly vanished?: number;
}

/** Labelled images of one size, and which of them are for what. */
export interface Dataset {
  readonly name: string;
  /** The folder that it was read from, or 'synthetic'. */
  readonly source: string;
  /** Width and height of every sample in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
  /** Of the files: 1 when every image is stored as grey, else 3; absent where there are none. */
  readonly storedChannels?: 1 | 3;
  /** Foreground classes. */
  readonly classes: number;
  /** What the values 1..K of the masks stand for. */
  readonly classNames: readonly string[];
  /** How values were brought to the range of `Sample.image`. */
  readonly normalisation: Normalisation;
  /** What is known of whom an image shows; absent where nothing is. */
  readonly originOf?: (name: string) => Origin | undefined;
  readonly split: Split;
  readonly splitOrigin: 'split.json' | 'drawn' | 'synthetic';
  /** How the split was drawn, where a plan was given. */
  readonly drawn?: DrawnSplit;
  /** @throws InputError when the name is not in the set, or its file turns out to be damaged or no mask */
  load(name: string): Promise<Sample>;
}
