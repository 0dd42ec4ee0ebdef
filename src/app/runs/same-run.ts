/** Checks that a run resumes as it was begun: with the config.json and the images that its checkpoint was made with. */
import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { changedImages, imagesOf, type RunOrigin, trainedSubsets } from '../../train/checkpoint/run-record.js';
import { mayDiffer } from '../options/option.js';
import { type TrainCommandOptions, trainTable } from '../options/train-options.js';
import { type InitialModel, readInitialModel } from '../training/initial-model.js';
import type { TrainingJob } from '../training/job.js';
import { optionsOf, storedInitialWeights, toRunConfig, withCurrentNames } from './run-config.js';

/** Returns the origin that the checkpoints of a job record. */
export function originOf(job: TrainingJob): RunOrigin {
  return { options: optionsOf(toRunConfig(job)), images: imagesOf(job.dataset.split, job.read.digests) };
}

/** Compares options. @throws InputError that names the first option in config.json that differs, and both values */
export function requireSameOptions(folder: RunFolder, { options }: RunOrigin): void {
  const [now, then] = [optionsOf(folder.config), withCurrentNames(options)];
  for (const name of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const [found, before] = [now[name], then[name]];
    const shortened = name === 'epochs' && Number(found) < Number(before);
    if (!shortened && (mayDiffer(trainTable, name) || deepEqual(found, before))) continue;
    const made = before === undefined ? 'without it' : `with ${show(before)}`;
    throw new InputError(
      `${folder.configFile}: ${name} is ${found === undefined ? 'missing' : show(found)}, but the checkpoint was made ${made}; restore the file, or start a new run`,
    );
  }
}

/** Compares images. @throws InputError that names the first image that has changed, and says how many have */
export function requireSameImages({ path }: RunFolder, { dataset, read }: TrainingJob, origin: RunOrigin): void {
  const { source, split } = dataset;
  for (const subset of trainedSubsets) {
    const [now, then] = [split[subset].length, origin.images[subset].length];
    if (now === then) continue;
    throw new InputError(
      `${source}: its ${subset} images are not those that the run in ${path} was started on (${now} now, ${then} then); restore them, or start a new run`,
    );
  }
  const changed = changedImages(split, read.digests, origin);
  if (changed.length === 0) return;
  const all = changed.length > 1 ? ` (one of ${changed.length} such images)` : '';
  throw new InputError(
    `${source}: image ${show(changed[0])} or its mask is not the one that the run in ${path} was started on${all}; restore it, or start a new run`,
  );
}

/** The weights that the run in a folder was begun from, which a checkpoint of it has instead of a file. */
export function begunFrom(folder: RunFolder, { initFrom }: TrainCommandOptions): InitialModel | undefined {
  return initFrom === undefined ? undefined : { file: initFrom, sha256: storedInitialWeights(folder) };
}

/**
 * Reads the model that the run in a folder was begun from, to begin it again.
 * @throws InputError where the file holds other weights now
 */
export async function sameInitialModel(
  { path }: RunFolder,
  options: TrainCommandOptions,
  before: string,
): Promise<InitialModel> {
  const initial = (await readInitialModel(options))!;
  const { file, sha256 } = initial;
  if (sha256 === before) return initial;
  const [now, then] = [sha256, before].map((digest) => digest.slice(0, 12));
  throw new InputError(
    `${file}: its weights are not those that the run in ${path} was begun from (SHA-256 ${now}… now, ${then}… then); restore it, or start a new run`,
  );
}
