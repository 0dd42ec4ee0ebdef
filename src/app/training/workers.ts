/** What trains: a backend with as many workers as have work and memory. */

import { createBackend } from '#platform/backends.js';
import { availableCores } from '#platform/threads/cores.js';
import type { Backend } from '../../backend/backend.js';
import { type Dataset, examplesOf } from '../../data/dataset.js';
import type { ModelConfig } from '../../network/config.js';
import { opened, type Settled } from '../backend.js';
import { fits, memoryOfTraining } from '../memory.js';
import type { TrainCommandOptions } from '../options/train-options.js';

/** Makes the backend of a training. @throws InputError where it is a GPU's, and there is none */
export async function backendFor(
  config: ModelConfig,
  options: Settled<TrainCommandOptions>,
  dataset: Dataset,
): Promise<Backend> {
  const { backend } = options;
  return backend === 'wasm' ? withWorkers(config, options, dataset) : opened(createBackend(backend));
}

/**
 * With 'auto' as many workers as there are cores and memory for; never more than a mini-batch has micro-batches, as the
 * rest would have nothing to do. The backend takes its memory when it is used, so that the need can be told first.
 */
function withWorkers(config: ModelConfig, options: TrainCommandOptions, dataset: Dataset): Backend {
  const { workers, batch, microBatch } = options;
  const most = Math.ceil(Math.min(batch, examplesOf(dataset)) / microBatch);
  const asked = Math.min(workers === 'auto' ? availableCores() : workers, most);
  const make = (count: number) => createBackend('wasm', { workers: count, threads: count });
  const backend = make(asked);
  if (workers !== 'auto') return backend;
  let count = backend.concurrentPrograms;
  const suffices = () => fits(memoryOfTraining(config, options, dataset, backend, count), backend);
  while (count > 1 && !suffices()) count--;
  return count === backend.concurrentPrograms ? backend : make(count);
}
