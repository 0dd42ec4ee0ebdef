/** A data set from a data folder. */

import { defined } from '../../base/defaults.js';
import { InputError } from '../../base/errors.js';
import { plural } from '../../base/quantities.js';
import { show } from '../../base/show.js';
import { isConvertible } from '../../image/channels.js';
import { sampleCache } from '../cache.js';
import type { Dataset } from '../dataset.js';
import { storedChannels } from '../record.js';
import { type SamplingOptions, samplerOf } from '../sampler.js';
import { DuplicateGuard } from '../split/duplicates.js';
import { requireSeparatePatients } from '../split/patients.js';
import { completePlan, type SplitPlan } from '../split/plan.js';
import type { Files } from './files.js';
import { readDataFolder } from './folder.js';
import type { ReadingOptions } from './format.js';

export interface DatasetOptions extends SamplingOptions, ReadingOptions {
  /** How many channels samples have. Default: as many as the images, 3 where some are grey and some in colour. */
  readonly channels?: number;
  /** The seed with which the split is drawn when the folder has no split.json. */
  readonly seed: number;
  /** How the split is drawn. Default: a fifth for validation, by patient where patients are known, and no test images. */
  readonly plan?: SplitPlan;
  /** How many bytes of decoded samples are kept in memory. Default: `CACHE_BYTES`. */
  readonly cacheBytes?: number;
}

/**
 * Reads a data folder (see `readDataFolder`) and its split.json, or draws a split. Pixels are read by `load`, which also
 * refuses an image that a split.json has put into two subsets under different names.
 * @throws InputError in one line that says what is wrong with the folder, or that its split.json does not fit or divides
 *   the images of a patient
 */
export async function readDataset(files: Files, dir: string, options: DatasetOptions): Promise<Dataset> {
  const { seed, plane, volume, neighbours, instances } = options;
  const samplerFor = samplerOf(options);
  const folder = await readDataFolder(files, dir, defined({ plane, volume, neighbours, instances }));
  const { records, classNames, splitFile } = folder;
  const sampler = samplerFor(records);
  const drawn = options.plan && !splitFile ? completePlan(options.plan, folder) : undefined;
  const split = await folder.split(seed, drawn);
  if (splitFile) requireSeparatePatients(split, (name) => records.get(name), splitFile);
  const stored = storedChannels(records);
  const { channels = stored } = options;
  if (!isConvertible(stored, channels)) {
    throw new InputError(
      `${dir}: its images have ${plural(stored, 'channel')}, the model reads ${channels}; give images of ${channels}`,
    );
  }
  const cache = sampleCache(options.cacheBytes);
  const duplicates = splitFile ? new DuplicateGuard(split, channels, splitFile) : undefined;
  return {
    name: files.nameOf(dir),
    source: dir,
    records,
    channels,
    classes: classNames.length,
    classNames,
    split,
    splitOrigin: splitFile ? 'split.json' : 'drawn',
    ...(drawn && { drawn }),
    sampler,
    async load(name) {
      const record = records.get(name);
      if (!record) throw new InputError(`${dir}: no image is called ${show(name)}`);
      return cache.get(name, async () => {
        const labelled = await record.read();
        await duplicates?.add(name, labelled.image);
        return sampler.sample(name, labelled, channels);
      });
    },
  };
}
