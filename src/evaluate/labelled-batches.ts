/** The labelled images that a model is measured on, a batch at a time. */
import { checkCount } from '../base/checks.js';
import { chunks } from '../base/chunks.js';
import { InputError } from '../base/errors.js';
import { yieldToEventLoop } from '../base/event-loop.js';
import { show } from '../base/show.js';
import type { Dataset, Sample } from '../data/dataset.js';
import type { Subset } from '../data/split/split.js';
import type { Model } from '../model/model.js';
import type { ModelConfig } from '../network/config.js';

export interface LabelledBatchesOptions {
  /** How many images are computed at once. */
  readonly batch: number;
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Yields the samples `names`, batch by batch; a batch counts as done when the next one is requested.
 * @throws InputError for a data set that does not fit the model
 */
export async function* labelledBatches(
  model: Model,
  dataset: Dataset,
  names: readonly string[],
  { batch, signal, onProgress }: LabelledBatchesOptions,
): AsyncGenerator<readonly Sample[], void, void> {
  checkCount(batch, 'evaluate: batch');
  checkFits(model.config, dataset);
  checkNormalisation(model, dataset);
  let done = 0;
  // Images that keep their own size are computed one at a time.
  for (const chunk of chunks(names, dataset.sampler.kind === 'patch' ? 1 : batch)) {
    const samples = await Promise.all(chunk.map((name) => dataset.load(name)));
    signal?.throwIfAborted();
    yield samples;
    done += samples.length;
    onProgress?.(done, names.length);
    await yieldToEventLoop();
  }
}

/** Returns the names of the images of a subset. @throws InputError for a subset without images */
export function namesOf({ split, source }: Dataset, subset: Subset | 'all'): readonly string[] {
  const names = subset === 'all' ? [...split.train, ...split.validation, ...split.test] : split[subset];
  if (names.length === 0) {
    const sizes = `${split.train.length} train, ${split.validation.length} validation and ${split.test.length} test images`;
    throw new InputError(`${source}: the subset "${subset}" holds no image; there are ${sizes}`);
  }
  return names;
}

/** Returns the channels of a network for a data set: 1 for one class, else one for each class and the background. */
export function outputsFor({ classes }: Pick<Dataset, 'classes'>): number {
  return classes === 1 ? 1 : classes + 1;
}

/** @throws InputError unless the images have the channels and the masks the classes that the network has */
export function checkFits(config: ModelConfig, { source, channels, classes }: Dataset): void {
  if (channels !== config.inChannels) {
    throw new InputError(
      `${source}: images have ${channels} channels, the network reads ${config.inChannels}; open the data with channels ${config.inChannels} or build the network with inChannels ${channels}`,
    );
  }
  const expected = outputsFor({ classes });
  if (expected !== config.classes) {
    throw new InputError(
      `${source}: masks have ${classes} foreground ${classes === 1 ? 'class' : 'classes'}, for which a network needs ${expected} output channels; this one has ${config.classes} (config.classes)`,
    );
  }
}

/** @throws InputError unless the images are normalised as the model's card says */
function checkNormalisation({ card: { preprocessing } }: Model, { source, sampler }: Dataset): void {
  const { normalisation } = sampler.preprocessing;
  if (normalisation === preprocessing.normalisation) return;
  const advice = `open it with the normalisation of the model, "${preprocessing.normalisation}"`;
  throw new InputError(`${source}: images are normalised by ${show(normalisation)}; ${advice}`);
}
