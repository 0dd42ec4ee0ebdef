/** How many workers train. */

import type { TrainCommandOptions } from '../../cli/options/train-options.js';
import type { Split } from '../../data/split/split.js';
import type { ModelConfig } from '../../network/config.js';
import { availableCores } from '../../platform/node/threads/cores.js';
import { fits, memoryOfTraining } from '../memory.js';

/**
 * With 'auto' as many as there are cores and memory for; never more than a mini-batch has micro-batches, as the rest
 * would have nothing to do.
 * @param split the images to train on, and to validate
 */
export function chooseWorkers(config: ModelConfig, options: TrainCommandOptions, split: Split): number {
  const { workers, backend, batch, microBatch } = options;
  if (backend === 'reference') return 1;
  const most = Math.ceil(Math.min(batch, split.train.length) / microBatch);
  if (workers !== 'auto') return Math.min(workers, most);
  let count = Math.min(availableCores(), most);
  while (count > 1 && !fits(memoryOfTraining(config, options, split, count))) count--;
  return count;
}
