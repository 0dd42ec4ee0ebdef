/** How many workers train. */
import { planFor } from '../index.js';
import type { ModelConfig } from '../model/config.js';
import { availableCores } from '../node/cores.js';
import { trainingMemory } from '../train/memory.js';
import { fits } from './memory.js';
import type { TrainOptions } from './train-options.js';

/**
 * With 'auto' as many as there are cores and memory for; never more than a mini-batch has micro-batches, as the rest
 * would have nothing to do.
 * @param images to train on
 */
export function chooseWorkers(config: ModelConfig, options: TrainOptions, images: number): number {
  const { workers, backend, batch, microBatch } = options;
  if (backend === 'reference') return 1;
  const most = Math.ceil(Math.min(batch, images) / microBatch);
  if (workers !== 'auto') return Math.min(workers, most);
  let count = Math.min(availableCores(), most);
  while (count > 1 && !fits(trainingMemory(config, { ...options, workers: count }, planFor).total)) count--;
  return count;
}
