/** The memory that work needs, taken from its plan and compared with what is available before anything is allocated. */
import type { Backend } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import { memorySize } from '../base/quantities.js';
import { CACHE_BYTES } from '../data/cache.js';
import { type Dataset, examplesOf } from '../data/dataset.js';
import { storedPixels } from '../data/record.js';
import { TRUTH_BYTES } from '../evaluate/truths.js';
import { frameOf } from '../image/prepare.js';
import type { TilePlan, Tiling } from '../infer/tiles.js';
import { trainedLoss } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { parameterBytes, predictionCost } from '../model/summary.js';
import { depthOf, type ModelConfig } from '../network/config.js';
import { levelsOfMode, type Mode, outputOf, outputsOf } from '../network/mode.js';
import { availableMemory } from '../platform/node/host.js';
import { evaluationMemory, trainingMemory, type WholeImages } from '../train/memory.js';
import { lossOptions, type TrainCommandOptions } from './options/train-options.js';

const FLOAT = 4;
/** The bytes that a pixel of an image takes beside its probabilities: image, mask and overlay, and a file in the making. */
const STORED = 12;

/** The bytes that work needs: in the memory of the backend, and beside it. */
export interface MemoryNeed {
  readonly backendBytes: number;
  readonly hostBytes: number;
}

/** There is less memory than some work needs. */
export class MemoryError extends InputError {}

/**
 * Checks that memory is available.
 * @param what the option or the file that needs so much, with which the error begins
 * @throws MemoryError where it is not; the error ends with `advice`
 */
function demand(need: MemoryNeed, backend: Backend, what: string, advice: string): void {
  if (fits(need, backend)) return;
  const { memoryLimit } = backend;
  const exceeded = need.backendBytes > memoryLimit;
  const why = exceeded
    ? `WebAssembly holds at most ${memorySize(memoryLimit)}`
    : `${memorySize(availableMemory())} are free`;
  throw new MemoryError(`${what} needs ${memorySize(inHost(need, backend))} of memory, ${why}; ${advice}`);
}

/** Whether the memory is available. Whether that of a GPU suffices, only the GPU itself can tell. */
export function fits(need: MemoryNeed, backend: Backend): boolean {
  return need.backendBytes <= backend.memoryLimit && inHost(need, backend) <= availableMemory();
}

/** The bytes that work takes of the memory of this machine: a GPU has its own. */
function inHost({ backendBytes, hostBytes }: MemoryNeed, { adapter }: Backend): number {
  return adapter === undefined ? backendBytes + hostBytes : hostBytes;
}

/** Returns what training takes on this backend, with so many workers. */
export function memoryOfTraining(
  config: ModelConfig,
  options: TrainCommandOptions,
  dataset: Dataset,
  backend: Backend,
  workers: number,
): MemoryNeed {
  const { batch, microBatch, optimizer, emaDecay } = options;
  const { validation, test } = dataset.split;
  const { size } = dataset.sampler;
  const loss = lossOptions(options);
  const images = {
    train: examplesOf(dataset),
    validation: validation.length,
    test: options.test ? test.length : 0,
  };
  const settings = { size, batch, microBatch, loss, optimizer, emaDecay, images, workers, cacheBytes: CACHE_BYTES };
  const whole = dataset.sampler.patches && wholeImages(dataset);
  const { total, outside } = trainingMemory(
    config,
    { ...settings, whole, scoredPixels: scoredPixels(dataset, options) },
    backend,
  );
  return { backendBytes: total, hostBytes: outside };
}

/** How many pixels the stored masks have that a training scores and whose samples are of another size. */
function scoredPixels({ records, sampler, split }: Dataset, { test }: TrainCommandOptions): number {
  if (sampler.patches) return 0;
  const scored = [...split.validation, ...(test ? split.test : [])].map((name) => records.get(name)!);
  const read = scored.filter(({ width, height }) => width !== sampler.size || height !== sampler.size);
  return sum(read.map(({ width, height }) => width * height));
}

/** Measures the images of a data set as they are stored: their spacing is not known before they are read. */
function wholeImages({ records }: Dataset): WholeImages {
  const all = [...records.values()];
  return {
    largest: {
      width: all.reduce((most, { width }) => Math.max(most, width), 1),
      height: all.reduce((most, { height }) => Math.max(most, height), 1),
    },
    pixels: storedPixels(records),
  };
}

/** Checks that training fits into the memory. @returns the bytes that it takes */
export function requireForTraining(
  config: ModelConfig,
  options: TrainCommandOptions,
  dataset: Dataset,
  backend: Backend,
): number {
  const workers = backend.concurrentPrograms;
  const need = memoryOfTraining(config, options, dataset, backend, workers);
  const parts = [`--filters ${config.filters.join(',')}`, `--micro-batch ${options.microBatch}`];
  if (workers > 1) parts.push(`--workers ${workers}`);
  const { sampler } = dataset;
  const side = `${sampler.patches ? '--patch' : '--size'} ${sampler.size}`;
  const what = `${side} with ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  demand(need, backend, what, 'lower one of them');
  return need.backendBytes + need.hostBytes;
}

/** Checks that evaluating these images of a data set, `batch` at once, fits into the memory. */
export function requireForEvaluation(
  model: Model,
  { records, sampler }: Dataset,
  { names, batch, tiling }: { readonly names: readonly string[]; readonly batch: number; readonly tiling: Tiling },
): void {
  const { config, backend } = model;
  const own = names.map((name) => records.get(name)!);
  const pixels = own.map(({ width, height }) => width * height);
  const keepsSize = sampler.preprocessing.size === undefined;
  const seen = keepsSize
    ? {
        width: Math.max(...own.map(({ width }) => width)),
        height: Math.max(...own.map(({ height }) => height)),
      }
    : { width: sampler.size, height: sampler.size };
  const outputs = outputsOf(config);
  const plan = keepsSize ? model.tiles(seen, outputs, { batch, tiling }) : undefined;
  const multiple = 2 ** depthOf(config);
  const size = plan?.tile ?? { width: roundUp(seen.width, multiple), height: roundUp(seen.height, multiple) };
  const computed = { size, batch: plan?.batch ?? (keepsSize ? 1 : batch), images: plan?.count ?? names.length };
  const { packed, working } = evaluationMemory(config, { ...computed, loss: trainedLoss(model) }, backend);
  const backendBytes = parameterBytes(model.parameters.list, backend) + packed + working;
  const sampled = keepsSize ? sum(pixels) : names.length * sampler.size ** 2;
  // The samples that are kept, and of the largest image the masks of all outputs and a band of probabilities.
  const kept = Math.min(CACHE_BYTES, sampled * (FLOAT * config.inChannels + 1));
  const band = plan ? FLOAT * 2 * seen.width * size.height * config.classes * outputs.length : 0;
  const hostBytes = kept + Math.min(TRUTH_BYTES, sum(pixels)) + Math.max(...pixels) * outputs.length + band;
  const what = keepsSize ? `an image of ${seen.width}x${seen.height} pixels` : `--size ${sampler.size}`;
  demand({ backendBytes, hostBytes }, backend, what, keepsSize ? 'make it smaller' : 'lower it');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What predicting an image takes, and how it is tiled where it is. */
export interface PredictionNeed {
  readonly bytes: number;
  readonly plan?: TilePlan | undefined;
}

/** Checks that predicting one image fits into the memory. */
export function requireForPrediction(
  model: Model,
  mode: Mode,
  tiling: Tiling,
  image: { readonly path: string; readonly width: number; readonly height: number },
): PredictionNeed {
  const { path, width, height } = image;
  const { config, parameters, backend } = model;
  const multiple = 2 ** levelsOfMode(mode, config).at(-1)!;
  const seen = frameOf(image, model.card.preprocessing);
  const keepsSize = model.card.preprocessing.size === undefined;
  const plan = keepsSize ? model.tiles(seen, [outputOf(mode, config)], { tiling }) : undefined;
  const size = plan?.tile ?? { width: roundUp(seen.width, multiple), height: roundUp(seen.height, multiple) };
  const batch = plan?.batch ?? 1;
  const { workingBytes, preparedBytes } = predictionCost(model.record(mode, { batch, ...size }), backend);
  const backendBytes = parameterBytes(parameters.list, backend) + preparedBytes + workingBytes;
  const { inChannels, classes } = config;
  // What the network reads, and packed; what it says, as read and as cut out. At the image's own size, what comes of it,
  // and its overlay; of tiles, two rows of them are there as probabilities, and the image as it is stored.
  const computed = batch * size.width * size.height * 2 * (inChannels + classes);
  const pixels = width * height;
  const own = plan
    ? pixels * STORED + FLOAT * 2 * width * size.height * classes
    : FLOAT * pixels * (inChannels + classes + 1);
  const need = { backendBytes, hostBytes: FLOAT * computed + own };
  demand(need, backend, `${path}: an image of ${width}x${height} pixels`, adviceFor(model, tiling));
  return { bytes: inHost(need, backend), plan };
}

/** What helps where an image is too large. */
function adviceFor({ card }: Model, tiling: Tiling): string {
  if (card.preprocessing.size !== undefined) return 'make it smaller or cut it into tiles';
  return tiling === 'auto' ? 'make it smaller' : 'leave --tile out, or make it smaller';
}
