/** The memory that work needs, worked out from its plan and compared with what there is before anything is allocated. */
import { freemem, totalmem } from 'node:os';
import { LIMIT } from '../backend/wasm/memory.js';
import { InputError } from '../base/errors.js';
import { lossOptions, type TrainCommandOptions } from '../cli/options/train-options.js';
import { memorySize } from '../cli/tables/format.js';
import { CACHE_BYTES } from '../data/cache.js';
import type { Split } from '../data/split/split.js';
import { planFor } from '../index.js';
import { trainedLoss } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { parameterBytes, predictionCost } from '../model/summary.js';
import { depthOf, type ModelConfig } from '../network/config.js';
import { levelsOfMode, type Mode } from '../network/mode.js';
import { evaluationMemory, trainingMemory } from '../train/memory.js';

const FLOAT = 4;

/** In bytes: in WebAssembly's memory, and outside of it. */
export interface MemoryNeed {
  readonly backendBytes: number;
  readonly hostBytes: number;
}

/**
 * @param what begins the error: the option or the file that asks for so much
 * @throws InputError where they cannot be had; it ends with `advice`
 */
function demand(need: MemoryNeed, what: string, advice: string): void {
  if (fits(need)) return;
  const why = need.backendBytes > LIMIT ? 'WebAssembly holds at most 4.0 GB' : `${memorySize(available())} are free`;
  throw new InputError(`${what} needs ${memorySize(need.backendBytes + need.hostBytes)} of memory, ${why}; ${advice}`);
}

/** Whether so much can be had. */
export function fits({ backendBytes: inside, hostBytes: outside }: MemoryNeed): boolean {
  return inside <= LIMIT && inside + outside <= available();
}

function available(): number {
  // On macOS, memory that only caches files does not count as free.
  const free = process.platform === 'darwin' ? totalmem() : freemem();
  return Math.min(free, process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** What training takes with so many workers. */
export function memoryOfTraining(
  config: ModelConfig,
  options: TrainCommandOptions,
  split: Split,
  workers: number,
): MemoryNeed {
  const { size, batch, microBatch, optimizer, ema: averageDecay } = options;
  const { train, validation, test } = split;
  const loss = lossOptions(options);
  const images = { train: train.length, validation: validation.length, test: options.test ? test.length : 0 };
  const asked = { size, batch, microBatch, loss, optimizer, averageDecay, images, workers, cacheBytes: CACHE_BYTES };
  const { total, outside } = trainingMemory(config, asked, planFor);
  return { backendBytes: total, hostBytes: outside };
}

/** @returns the bytes that training takes */
export function requireForTraining(
  config: ModelConfig,
  options: TrainCommandOptions,
  split: Split,
  workers: number,
): number {
  const need = memoryOfTraining(config, options, split, workers);
  const parts = [`--filters ${config.filters.join(',')}`, `--micro-batch ${options.microBatch}`];
  if (workers > 1) parts.push(`--workers ${workers}`);
  const what = `--size ${options.size} with ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  demand(need, what, 'lower one of them');
  return need.backendBytes + need.hostBytes;
}

/** Evaluates `images` images of `size` pixels a side, `batch` at once. */
export function requireForEvaluation(
  model: Model,
  { batch, size, images }: { readonly batch: number; readonly size: number; readonly images: number },
): void {
  const { config, backend } = model;
  const { threads } = backend;
  const rounded = roundUp(size, depthOf(config));
  const { prepared, working } = evaluationMemory(
    config,
    { batch, size: rounded, images, threads, loss: trainedLoss(model) },
    planFor,
  );
  const inside = parameterBytes(model.parameters.list) + prepared + working;
  const outside = Math.min(CACHE_BYTES, images * size ** 2 * (FLOAT * config.inChannels + 1));
  demand({ backendBytes: inside, hostBytes: outside }, `--size ${size}`, 'lower it');
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
  const level = levelsOfMode(mode, config).at(-1)!;
  const size = {
    width: roundUp(preprocessing.size ?? width, level),
    height: roundUp(preprocessing.size ?? height, level),
  };
  const graph = model.record(mode, { batch: 1, ...size });
  const { workingBytes, preparedBytes } = predictionCost(graph, planFor, backend.threads);
  const inside = parameterBytes(parameters.list) + preparedBytes + workingBytes;
  const { inChannels, classes } = config;
  // What the network reads, and packed; what it says, as read and as cut out. At the image's own size, what comes of it,
  // and its overlay.
  const outside =
    FLOAT * (size.width * size.height * 2 * (inChannels + classes) + width * height * (inChannels + classes + 1));
  demand(
    { backendBytes: inside, hostBytes: outside },
    `${path}: an image of ${width}x${height} pixels`,
    'make it smaller or cut it into tiles',
  );
}

function roundUp(size: number, level: number): number {
  return Math.ceil(size / 2 ** level) * 2 ** level;
}
