import { basename, resolve } from 'node:path';
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import type { Image } from '../image/image.js';
import type { Normalisation } from '../image/normalise.js';
import { prepareImage } from '../image/prepare.js';
import { resizeMask } from '../image/resize.js';
import { CACHE_BYTES, Cache } from './cache.js';
import { readDataFolder } from './folder/folder.js';
import type { Item, Origin } from './folder/format.js';
import { DuplicateGuard } from './split/duplicates.js';
import { requireSeparatePatients } from './split/patients.js';
import { completePlan, type DrawnSplit, type SplitPlan } from './split/plan.js';
import type { Split } from './split/split.js';
import { countVanished } from './vanished.js';

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

export interface DatasetOptions {
  /** Width and height that every image is resized to; the aspect ratio is not kept. */
  readonly size: number;
  /** Default: 1 when every image is stored as grey, else 3. */
  readonly channels?: 1 | 3;
  /** Draws the split when the folder has no split.json. */
  readonly seed: number;
  /** How it is drawn. Default: a fifth for validation, by patient where patients are known, and no test images. */
  readonly plan?: SplitPlan;
  /** Default: 'range'. */
  readonly normalisation?: Normalisation;
  /** How many bytes of decoded and resized samples are kept in memory; default `CACHE_BYTES`. */
  readonly cacheBytes?: number;
}

/**
 * Opens a data folder (see `readDataFolder` and the layouts) and reads split.json or draws a split. Pixels are read by
 * `load`, which also refuses an image that a split.json has put into two subsets under different names.
 * @throws InputError in one line: what is wrong with the folder, a split.json that does not fit or divides a patient
 */
export async function openDataset(dir: string, options: DatasetOptions): Promise<Dataset> {
  const { size, seed, normalisation = 'range' } = options;
  checkSampleSize(size);
  const folder = await readDataFolder(dir);
  const { pairs, byName, classNames, splitFile } = folder;
  const drawn = options.plan && !splitFile ? completePlan(options.plan, folder) : undefined;
  const split = await folder.split(seed, drawn);
  const originOf = (name: string): Origin | undefined => byName.get(name);
  if (splitFile) requireSeparatePatients(split, originOf, splitFile);
  const storedChannels = pairs.every((pair) => pair.channels === 1) ? 1 : 3;
  const { channels = storedChannels } = options;
  const cache = sampleCache(options.cacheBytes);
  const duplicates = splitFile ? new DuplicateGuard(split, channels, splitFile) : undefined;

  const prepare = async ({ name, read }: Item): Promise<Sample> => {
    const { image, mask } = await read();
    await duplicates?.add(name, image);
    const resized = resizeMask(mask, size, size);
    const vanished = countVanished(mask, resized);
    return {
      name,
      image: prepareImage(image, { channels, width: size, height: size, normalisation }),
      mask: resized,
      ...(vanished > 0 && { vanished }),
    };
  };
  return {
    name: basename(resolve(dir)),
    source: dir,
    size,
    channels,
    storedChannels,
    classes: classNames.length,
    classNames,
    normalisation,
    originOf,
    split,
    splitOrigin: splitFile ? 'split.json' : 'drawn',
    ...(drawn && { drawn }),
    async load(name) {
      const pair = byName.get(name);
      if (!pair) throw new InputError(`${dir}: no image is called ${show(name)}`);
      return cache.get(name, () => prepare(pair));
    },
  };
}

/** @throws InputError unless `size` is a whole number of pixels */
export function checkSampleSize(size: number): void {
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`size must be a whole number of pixels, at least 1, found ${size}`);
  }
}

export function sampleCache(limit = CACHE_BYTES): Cache<Sample> {
  return new Cache(limit, ({ image, mask }) => image.data.byteLength + mask.data.byteLength);
}
