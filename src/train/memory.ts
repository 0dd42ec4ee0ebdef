/** The memory that training and evaluation take, worked out from the plans before anything is allocated. */
import type { Backend, MemoryPlan } from '../backend/backend.js';
import { roundUp } from '../base/multiples.js';
import { recordEvaluation } from '../evaluate/evaluation-program.js';
import { TRUTH_BYTES } from '../evaluate/truths.js';
import type { Tensor } from '../graph/graph.js';
import type { Size } from '../image/frame.js';
import { computingBytes, recordInference } from '../infer/inference.js';
import { planTiles, type TileRequest, WHOLE_BYTES } from '../infer/tiles.js';
import type { LossOptions } from '../loss/loss.js';
import { keptBytes } from '../model/summary.js';
import { depthOf, type ModelConfig } from '../network/config.js';
import { outputsOf } from '../network/mode.js';
import { listParameters, storeLengths } from '../network/parameters.js';
import { type OptimizerName, optimizerDefaults, STATE_NAMES } from './optimizer/optimizer.js';
import { recordGradients } from './step/gradient-graph.js';
import { waitingGradients } from './step/gradient-tree.js';
import { resultsLength, resultTensors } from './step/results.js';

/** The memory that a training takes, in bytes; all but `outside` is memory of the backend. */
export interface TrainingMemory {
  /** Parameters and running statistics. */
  readonly parameters: number;
  /** The gradients that the workers write, and sums that wait for others; see `GradientTree`. */
  readonly gradients: number;
  /** How many memories of the size of the parameters `gradients` is made of. */
  readonly gradientBuffers: number;
  /** The state of the optimizer, and the moving average of the weights. */
  readonly optimizer: number;
  /** Filters that are packed for validation, and kept. */
  readonly prepared: number;
  /** Activations, their gradients and workspace of one worker, and what it gives beside the gradients of parameters. */
  readonly worker: number;
  /**
   * The memory of all workers, and activations and workspace of validation. A single worker computes where validation
   * does, and the larger of the two counts.
   */
  readonly working: number;
  readonly total: number;
  /** What the host holds beside the backend: the best weights, a model file or checkpoint in the making, and samples. */
  readonly outside: number;
}

export interface TrainingMemoryOptions {
  /** Width and height of what is trained on: images, or patches of them. */
  readonly size: number;
  /** Where it is patches: the images themselves, which are validated whole, one at a time. */
  readonly whole?: WholeImages | undefined;
  readonly batch: number;
  readonly microBatch: number;
  /** How many micro-batches are computed at a time. Default: as many as the backend can. */
  readonly workers?: number;
  /** How many threads validate together. Default: as many as `workers` where that is given, else all of the backend. */
  readonly threads?: number;
  /** The loss, as in `TrainOptions`. */
  readonly loss?: LossOptions | undefined;
  /** The optimizer, whose state takes memory. Default: 'adam'. */
  readonly optimizer?: OptimizerName | undefined;
  /** The decay of the moving average of the weights, as in `TrainOptions`. */
  readonly emaDecay?: number | undefined;
  /** How many images the data set has, those for training counted as patches. Default: one mini-batch for training and one micro-batch for validation. */
  readonly images?: { readonly train: number; readonly validation: number; readonly test?: number };
  /** How many pixels the masks have together that are read to score images at their own size. Default: 0. */
  readonly scoredPixels?: number;
  /** How many bytes of samples the data set keeps at most. Default: all of them. */
  readonly cacheBytes?: number;
}

/** Images at their own size. */
export interface WholeImages {
  /** The largest sides of them. */
  readonly largest: Size;
  /** How many pixels they have together. */
  readonly pixels: number;
}

const FLOAT = 4;

/** Copies of the parameters while a model file is made: the file, its tensors in PyTorch's order, the digest's input. */
const COPIES_FOR_A_FILE = 3;

/**
 * Returns the memory that a training takes, in bytes, read off the plans of its programs.
 * @param backend the backend that trains; it takes no memory for the forecast
 */
export function trainingMemory(config: ModelConfig, options: TrainingMemoryOptions, backend: Backend): TrainingMemory {
  const { size, whole, batch, microBatch, loss, optimizer = optimizerDefaults.optimizer, emaDecay } = options;
  const { workers = backend.concurrentPrograms, threads = options.workers ?? backend.threads } = options;
  const { images = { train: batch, validation: microBatch }, cacheBytes = Number.POSITIVE_INFINITY } = options;
  const { scoredPixels = 0 } = options;
  const evaluated = [images.validation, images.test ?? 0];
  const lengths = storeLengths(listParameters(config), backend);
  const trainable = FLOAT * lengths.trainable;
  const parameters = trainable + FLOAT * lengths.statistics;
  const miniBatch = Math.min(batch, images.train);
  const microBatches = Math.ceil(miniBatch / microBatch);
  const largest = Math.min(microBatch, miniBatch);

  const graph = recordGradients(config, { batch: largest, height: size, width: size }, loss);
  const { network, gradients, outputs } = graph;
  const bound = new Set<Tensor>([...network.parameters.keys(), ...gradients.values(), ...resultTensors(graph)]);
  const computing = FLOAT * backend.plan(outputs, bound, { threads: workers === 1 ? threads : 1 }).length;
  const results = FLOAT * resultsLength(network.heads.length, lengths.statistics, backend);
  const plan = whole && planTiles(whole.largest, tileRequest(config, microBatch, backend));
  const validated = whole
    ? { size: plan?.tile ?? paddedSize(whole.largest, config), batch: plan?.batch ?? 1 }
    : { size, batch: microBatch };
  const measured = evaluationMemory(config, { ...validated, images: evaluated, threads, loss }, backend);
  // Where the largest image is tiled, a smaller one may still be computed as a whole, up to the bound.
  const validation = plan ? { ...measured, working: Math.max(measured.working, WHOLE_BYTES) } : measured;
  const gradientBuffers = workers + waitingGradients(workers, microBatches);
  const parts = {
    parameters,
    gradients: gradientBuffers * trainable,
    optimizer: (STATE_NAMES[optimizer].length + (emaDecay ? 1 : 0)) * trainable,
    prepared: validation.packed,
    working:
      workers * results +
      (workers === 1
        ? Math.max(computing, validation.working)
        : Math.min(workers, microBatches) * computing + validation.working),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);

  const pixel = FLOAT * config.inChannels + 1;
  const sample = size ** 2 * pixel;
  const pixels = whole?.pixels ?? evaluated.reduce((sum, count) => sum + count, images.train) * size ** 2;
  const cached = Math.min(cacheBytes, pixels * pixel);
  // Each worker's micro-batch, packed and not, and those that are loaded ahead.
  const inHand = (3 * workers + 1) * largest * sample;
  // A checkpoint copies the memory that keeps changing; the best weights are held by the host anyway.
  const written = Math.max(COPIES_FOR_A_FILE * parameters, parameters + parts.optimizer);
  const outside = parameters + written + cached + inHand + Math.min(TRUTH_BYTES, scoredPixels);
  return { ...parts, gradientBuffers, worker: computing + results, total, outside };
}

export interface EvaluationMemoryOptions {
  /** Height and width of the images in pixels, multiples of 2^depth; a number for both, or all sizes that there are. */
  readonly size: number | Size | readonly Size[];
  /** How many images are computed at once. */
  readonly batch: number;
  /** How many images there are; for several evaluations, how many each has. */
  readonly images: number | readonly number[];
  /** How many threads compute. Default: all of the backend. */
  readonly threads?: number;
  /** The loss that is measured, as in `EvaluateOptions`. */
  readonly loss?: LossOptions | undefined;
}

/** Returns what evaluation takes of the backend's memory beside the parameters, in bytes. */
export function evaluationMemory(
  config: ModelConfig,
  { size, batch, images, threads, loss }: EvaluationMemoryOptions,
  backend: Backend,
): { readonly packed: number; readonly working: number } {
  const frames = typeof size === 'number' ? [{ width: size, height: size }] : [size].flat();
  // The last batch may be smaller, and its deep convolutions then suit other kernels.
  const sizes = [images].flat().flatMap((count) => [Math.min(batch, count), count > batch ? count % batch : 0]);
  const plans = [...new Set(sizes)]
    .filter((count) => count > 0)
    .flatMap((count) => frames.map((frame) => recordEvaluation(config, count, frame, loss)))
    .map(({ network, outputs }): MemoryPlan => {
      return backend.plan(outputs, new Set(network.parameters.keys()), { constant: true, ...(threads && { threads }) });
    });
  return { packed: keptBytes(plans), working: FLOAT * Math.max(0, ...plans.map(({ length }) => length)) };
}

/** What is asked of the tiles in which a large image is validated. */
function tileRequest(config: ModelConfig, batch: number, backend: Backend): TileRequest {
  const outputs = outputsOf(config);
  const bytesOf = (count: number, size: Size) =>
    computingBytes(recordInference(config, outputs, { batch: count, ...size }), backend);
  return { config, level: depthOf(config), tiling: 'auto', batch, bytesOf };
}

/** The size at which a network sees an image that it sees whole. */
function paddedSize({ width, height }: Size, config: ModelConfig): Size {
  const multiple = 2 ** depthOf(config);
  return { width: roundUp(width, multiple), height: roundUp(height, multiple) };
}
