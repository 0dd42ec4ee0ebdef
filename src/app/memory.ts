/** The memory that work needs, worked out from its plan and compared with what there is before anything is allocated. */
import type { Backend } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import { roundUp } from '../base/math.js';
import { memorySize } from '../base/quantities.js';
import { CACHE_BYTES } from '../data/cache.js';
import type { Split } from '../data/split/split.js';
import { trainedLoss } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { parameterBytes, predictionCost } from '../model/summary.js';
import { depthOf, type ModelConfig } from '../network/config.js';
import { levelsOfMode, type Mode } from '../network/mode.js';
import { availableMemory } from '../platform/node/host.js';
import { evaluationMemory, trainingMemory } from '../train/memory.js';
import { lossOptions, type TrainCommandOptions } from './options/train-options.js';

const FLOAT = 4;

/** Bytes: in the memory of the backend, and beside it. */
export interface MemoryNeed {
  readonly backendBytes: number;
  readonly hostBytes: number;
}

/**
 * @param what begins the error: the option or the file that asks for so much
 * @throws InputError where they cannot be had; it ends with `advice`
 */
function demand(need: MemoryNeed, { memoryLimit }: Backend, what: string, advice: string): void {
  if (fits(need, memoryLimit)) return;
  const exceeded = need.backendBytes > memoryLimit;
  const why = exceeded
    ? `WebAssembly holds at most ${memorySize(memoryLimit)}`
    : `${memorySize(availableMemory())} are free`;
  throw new InputError(`${what} needs ${memorySize(need.backendBytes + need.hostBytes)} of memory, ${why}; ${advice}`);
}

/** Whether so much can be had, on a backend of this `memoryLimit`. */
export function fits({ backendBytes: inside, hostBytes: outside }: MemoryNeed, memoryLimit: number): boolean {
  return inside <= memoryLimit && inside + outside <= availableMemory();
}

/** What training takes on this backend, with so many workers. */
export function memoryOfTraining(
  config: ModelConfig,
  options: TrainCommandOptions,
  split: Split,
  backend: Backend,
  workers: number,
): MemoryNeed {
  const { size, batch, microBatch, optimizer, emaDecay } = options;
  const { train, validation, test } = split;
  const loss = lossOptions(options);
  const images = { train: train.length, validation: validation.length, test: options.test ? test.length : 0 };
  const asked = { size, batch, microBatch, loss, optimizer, emaDecay, images, workers, cacheBytes: CACHE_BYTES };
  const { total, outside } = trainingMemory(config, asked, backend);
  return { backendBytes: total, hostBytes: outside };
}

/** @returns the bytes that training takes */
export function requireForTraining(
  config: ModelConfig,
  options: TrainCommandOptions,
  split: Split,
  backend: Backend,
): number {
  const workers = backend.concurrentPrograms;
  const need = memoryOfTraining(config, options, split, backend, workers);
  const parts = [`--filters ${config.filters.join(',')}`, `--micro-batch ${options.microBatch}`];
  if (workers > 1) parts.push(`--workers ${workers}`);
  const what = `--size ${options.size} with ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  demand(need, backend, what, 'lower one of them');
  return need.backendBytes + need.hostBytes;
}

/** Evaluates `images` images of `size` pixels a side, `batch` at once. */
export function requireForEvaluation(
  model: Model,
  { batch, size, images }: { readonly batch: number; readonly size: number; readonly images: number },
): void {
  const { config, backend } = model;
  const rounded = roundUp(size, 2 ** depthOf(config));
  const { prepared, working } = evaluationMemory(
    config,
    { batch, size: rounded, images, loss: trainedLoss(model) },
    backend,
  );
  const inside = parameterBytes(model.parameters.list, backend) + prepared + working;
  const outside = Math.min(CACHE_BYTES, images * size ** 2 * (FLOAT * config.inChannels + 1));
  demand({ backendBytes: inside, hostBytes: outside }, backend, `--size ${size}`, 'lower it');
}

/** Predicts one image. */
export function requireForPrediction(
  model: Model,
  mode: Mode,
  image: { readonly path: string; readonly width: number; readonly height: number },
): void {
  const { path, width, height } = image;
  const { config, parameters, backend } = model;
  const { preprocessing } = model.card;
  const multiple = 2 ** levelsOfMode(mode, config).at(-1)!;
  const size = {
    width: roundUp(preprocessing.size ?? width, multiple),
    height: roundUp(preprocessing.size ?? height, multiple),
  };
  const { workingBytes, preparedBytes } = predictionCost(model.record(mode, { batch: 1, ...size }), backend);
  const inside = parameterBytes(parameters.list, backend) + preparedBytes + workingBytes;
  const { inChannels, classes } = config;
  // What the network reads, and packed; what it says, as read and as cut out. At the image's own size, what comes of it,
  // and its overlay.
  const outside =
    FLOAT * (size.width * size.height * 2 * (inChannels + classes) + width * height * (inChannels + classes + 1));
  const what = `${path}: an image of ${width}x${height} pixels`;
  demand({ backendBytes: inside, hostBytes: outside }, backend, what, 'make it smaller or cut it into tiles');
}
