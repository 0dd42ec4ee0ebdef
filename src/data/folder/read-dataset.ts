/** A data set from a data folder. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { Normalisation } from '../../image/normalise.js';
import { prepareImage } from '../../image/prepare.js';
import { resizeMask } from '../../image/resize.js';
import { checkSampleSize, sampleCache } from '../cache.js';
import type { Dataset, Sample } from '../dataset.js';
import { DuplicateGuard } from '../split/duplicates.js';
import { requireSeparatePatients } from '../split/patients.js';
import { completePlan, type SplitPlan } from '../split/plan.js';
import { countVanished } from '../vanished.js';
import type { Files } from './files.js';
import { readDataFolder } from './folder.js';
import type { Item, Origin } from './format.js';

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
 * Reads a data folder (see `readDataFolder`) and its split.json, or draws a split. Pixels are read by `load`, which also refuses an image that a split.json has put into two subsets under different names.
 * @throws InputError in one line: what is wrong with the folder, a split.json that does not fit or divides a patient
 */
export async function readDataset(files: Files, dir: string, options: DatasetOptions): Promise<Dataset> {
  const { size, seed, normalisation = 'range' } = options;
  checkSampleSize(size);
  const folder = await readDataFolder(files, dir);
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
    name: files.nameOf(dir),
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
