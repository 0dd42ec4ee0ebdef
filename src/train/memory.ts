/** The memory that training and evaluation take, worked out from the plans before anything is allocated. */
import type { Backend, MemoryPlan } from '../backend/backend.js';
import { recordEvaluation } from '../evaluate/evaluation-program.js';
import type { Tensor } from '../graph/graph.js';
import type { LossOptions } from '../loss/loss.js';
import { keptBytes } from '../model/summary.js';
import type { ModelConfig } from '../network/config.js';
import { listParameters, storeLengths } from '../network/parameters.js';
import { waitingGradients } from './gradient-tree.js';
import { type OptimizerName, optimizerDefaults, STATE_NAMES } from './optimizer.js';
import { recordGradients } from './step.js';

/** In bytes; all but `outside` in the memory of the backend. */
export interface TrainingMemory {
  /** Parameters and running statistics. */
  readonly parameters: number;
  /** Those that the workers write, and sums that wait for others; see `GradientTree`. */
  readonly gradients: number;
  /** How many these are. */
  readonly gradientBuffers: number;
  /** Its state, and the average of the weights. */
  readonly optimizer: number;
  /** Filters that are prepared for validation, and kept. */
  readonly prepared: number;
  /** Activations, their gradients and workspace of one worker. */
  readonly worker: number;
  /**
   * That of all workers and of validation. A single worker computes where validation does, and the larger of the two
   * counts.
   */
  readonly working: number;
  readonly total: number;
  /** Beside the backend: the best weights, the model's file or a checkpoint while it is made, and samples. */
  readonly outside: number;
}

export interface TrainingMemoryOptions {
  readonly size: number;
  readonly batch: number;
  readonly microBatch: number;
  /** Default: those of the backend. */
  readonly workers?: number;
  /** How many validate together. Default: as many as `workers`, where that is given, else those of the backend. */
  readonly threads?: number;
  /** See `TrainOptions`. */
  readonly loss?: LossOptions | undefined;
  /** Default: 'adam'. */
  readonly optimizer?: OptimizerName | undefined;
  /** See `TrainOptions`. */
  readonly emaDecay?: number | undefined;
  /** In the data set. Default: one mini-batch and one micro-batch. */
  readonly images?: { readonly train: number; readonly validation: number; readonly test?: number };
  /** What the data set keeps of its samples at most. Default: all. */
  readonly cacheBytes?: number;
}

const FLOAT = 4;

/** The file itself, its tensors in PyTorch's order, and what the digest is taken of. */
const COPIES_FOR_A_FILE = 3;

/** @param backend the one that trains; it takes no memory for the forecast */
export function trainingMemory(config: ModelConfig, options: TrainingMemoryOptions, backend: Backend): TrainingMemory {
  const { size, batch, microBatch, loss, optimizer = optimizerDefaults.optimizer, emaDecay } = options;
  const { workers = backend.concurrentPrograms, threads = options.workers ?? backend.threads } = options;
  const { images = { train: batch, validation: microBatch }, cacheBytes = Number.POSITIVE_INFINITY } = options;
  const evaluated = [images.validation, images.test ?? 0];
  const lengths = storeLengths(listParameters(config), backend);
  const trainable = FLOAT * lengths.trainable;
  const parameters = trainable + FLOAT * lengths.statistics;
  const miniBatch = Math.min(batch, images.train);
  const microBatches = Math.ceil(miniBatch / microBatch);
  const largest = Math.min(microBatch, miniBatch);

  const { network, gradients, outputs } = recordGradients(config, { batch: largest, height: size, width: size }, loss);
  const bound = new Set<Tensor>([...network.parameters.keys(), ...gradients.values()]);
  const worker = FLOAT * backend.plan(outputs, bound, { threads: workers === 1 ? threads : 1 }).length;
  const validation = evaluationMemory(config, { size, batch: microBatch, images: evaluated, threads, loss }, backend);
  const gradientBuffers = workers + waitingGradients(workers, microBatches);
  const parts = {
    parameters,
    gradients: gradientBuffers * trainable,
    optimizer: (STATE_NAMES[optimizer].length + (emaDecay ? 1 : 0)) * trainable,
    prepared: validation.prepared,
    working:
      workers === 1
        ? Math.max(worker, validation.working)
        : Math.min(workers, microBatches) * worker + validation.working,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);

  const sample = size ** 2 * (FLOAT * config.inChannels + 1);
  const cached = Math.min(cacheBytes, evaluated.reduce((sum, count) => sum + count, images.train) * sample);
  // Each worker's micro-batch, packed and not, and those that are loaded ahead.
  const inHand = (3 * workers + 1) * largest * sample;
  // A checkpoint is a copy of what goes on changing; the best weights lie here anyway.
  const written = Math.max(COPIES_FOR_A_FILE * parameters, parameters + parts.optimizer);
  const outside = parameters + written + cached + inHand;
  return { ...parts, gradientBuffers, worker, total, outside };
}

export interface EvaluationMemoryOptions {
  /** Of the images, a multiple of 2^depth. */
  readonly size: number;
  /** Images computed at once. */
  readonly batch: number;
  /** Images in all; of several evaluations, of each. */
  readonly images: number | readonly number[];
  /** Default: those of the backend. */
  readonly threads?: number;
  /** See `EvaluateOptions`. */
  readonly loss?: LossOptions | undefined;
}

/** What evaluation takes in the backend's memory beside the parameters, in bytes. */
export function evaluationMemory(
  config: ModelConfig,
  { size, batch, images, threads, loss }: EvaluationMemoryOptions,
  backend: Backend,
): { readonly prepared: number; readonly working: number } {
  // The last batch may be smaller, and its deep convolutions then suit other kernels.
  const sizes = [images].flat().flatMap((count) => [Math.min(batch, count), count > batch ? count % batch : 0]);
  const plans = [...new Set(sizes)]
    .filter((count) => count > 0)
    .map((count): MemoryPlan => {
      const { network, outputs } = recordEvaluation(config, count, size, loss);
      return backend.plan(outputs, new Set(network.parameters.keys()), { constant: true, ...(threads && { threads }) });
    });
  return { prepared: keptBytes(plans), working: FLOAT * Math.max(0, ...plans.map(({ length }) => length)) };
}
