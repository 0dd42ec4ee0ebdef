/** The memory that work needs, taken from its plan and compared with what is available before anything is allocated. */

import { availableMemory } from '#platform/host.js';
import type { Backend } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import { memorySize } from '../base/quantities.js';
import { CACHE_BYTES } from '../data/cache.js';
import { type Dataset, examplesOf } from '../data/dataset.js';
import { storedPixels } from '../data/record.js';
import type { Member } from '../evaluate/members.js';
import { TRUTH_BYTES } from '../evaluate/truths.js';
import type { Size } from '../image/frame.js';
import { frameOf } from '../image/prepare.js';
import type { TilePlan, Tiling } from '../infer/tiles.js';
import { copiesOf, sizesOf, type Tta } from '../infer/tta.js';
import { trainedLoss } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { parameterBytes, predictionMemory } from '../model/summary.js';
import { depthOf, type ModelConfig } from '../network/config.js';
import { levelsOfMode, type Mode, outputOf, outputsOf } from '../network/mode.js';
import { evaluationMemory, trainingMemory, type WholeImages } from '../train/memory.js';
import { lossOptions, type TrainCommandOptions } from './options/train-options.js';
import type { ResultOptions } from './prediction/results.js';

const FLOAT = 4;
/** The bytes that a pixel of an image takes beside its probabilities: the image as it is decoded, its mask, and a file in the making. */
const STORED = 12;

/** The bytes that work needs: in the memory of the backend, and beside it. */
export interface MemoryNeed {
  readonly backendBytes: number;
  readonly hostBytes: number;
}

/** The bytes that one of several models needs, which compute one after the other in the same working memory. */
interface ModelNeed {
  /** Its parameters and their packed filters, in the memory of the backend. */
  readonly keptBytes: number;
  readonly workingBytes: number;
  /** What is held of its results while the others compute, beside the backend. */
  readonly heldBytes: number;
}

/** @param sharedBytes what is there once for all of them, beside the backend */
function together(needs: readonly ModelNeed[], sharedBytes: number): MemoryNeed {
  return {
    backendBytes: sum(needs.map(({ keptBytes }) => keptBytes)) + Math.max(...needs.map((need) => need.workingBytes)),
    hostBytes: sharedBytes + sum(needs.map(({ heldBytes }) => heldBytes)),
  };
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

/** How a model computes the images that it is measured on, or that it predicts. */
interface Computing {
  readonly tiling: Tiling;
  readonly tta: Tta;
}

/** What averaging over copies of images takes beside what one copy takes: in channels of float32 for each pixel. */
function copyChannels(tta: Tta, inChannels: number, outChannels: number): number {
  // An image padded, mirrored and turned; what is said of it moved back in two steps, and its sum in float64.
  return copiesOf(tta) === 1 ? 0 : 3 * inChannels + 4 * outChannels;
}

export interface EvaluationWork extends Computing {
  readonly names: readonly string[];
  /** How many images are computed at once. */
  readonly batch: number;
}

/** Checks that evaluating these images by the mean of models, each with the images as it reads them, fits into the memory. */
export function requireForEvaluation(members: readonly Member[], work: EvaluationWork): void {
  const { records, sampler } = members[0]!.dataset;
  const pixels = work.names.map((name) => records.get(name)!).map(({ width, height }) => width * height);
  const needs = members.map((member) => needOfEvaluation(member, work, members.length));
  // The samples that are kept, and of the largest image the masks of all outputs.
  const datasets = new Map(members.map(({ model, dataset }) => [dataset, model.config.inChannels]));
  const kept = [...datasets].map(([{ sampler }, inChannels]) => {
    const sampled = sampler.preprocessing.size === undefined ? sum(pixels) : pixels.length * sampler.size ** 2;
    return Math.min(CACHE_BYTES, sampled * (FLOAT * inChannels + 1));
  });
  const outputs = Math.max(...members.map(({ model }) => outputsOf(model.config).length));
  const shared = sum(kept) + Math.min(TRUTH_BYTES, sum(pixels)) + Math.max(...pixels) * outputs;
  const keepsSize = sampler.preprocessing.size === undefined;
  const { width, height } = largestOf(members[0]!.dataset, work.names);
  const what = keepsSize ? `an image of ${width}x${height} pixels` : `--size ${sampler.size}`;
  const advice = keepsSize ? 'make it smaller' : 'lower it';
  demand(together(needs, shared), members[0]!.model.backend, what, advice + orFewer(members));
}

function needOfEvaluation(
  { model, dataset }: Member,
  { names, batch, tiling, tta }: EvaluationWork,
  models: number,
): ModelNeed {
  const { config, backend } = model;
  const { sampler } = dataset;
  const keepsSize = sampler.preprocessing.size === undefined;
  const seen = keepsSize ? largestOf(dataset, names) : { width: sampler.size, height: sampler.size };
  const outputs = outputsOf(config);
  const plan = keepsSize ? model.tiles(seen, outputs, { batch, tiling }) : undefined;
  const multiple = 2 ** depthOf(config);
  const size = plan?.tile ?? { width: roundUp(seen.width, multiple), height: roundUp(seen.height, multiple) };
  const atOnce = plan?.batch ?? (keepsSize ? 1 : batch);
  const computed = { size: sizesOf(tta, size), batch: atOnce, images: plan?.count ?? names.length };
  const { packed, working } = evaluationMemory(config, { ...computed, loss: trainedLoss(model) }, backend);
  const channels = config.classes * outputs.length;
  const band = plan ? FLOAT * 2 * seen.width * size.height * channels : 0;
  // What one model says waits for the others.
  const waiting = (models > 1 ? channels : 0) + copyChannels(tta, config.inChannels, channels);
  return {
    keptBytes: parameterBytes(model.parameters.list, backend) + packed,
    workingBytes: working,
    heldBytes: band + FLOAT * atOnce * size.width * size.height * waiting,
  };
}

/** The width of the widest of these images, and the height of the highest. */
function largestOf({ records }: Dataset, names: readonly string[]): Size {
  const images = names.map((name) => records.get(name)!);
  return {
    width: Math.max(...images.map(({ width }) => width)),
    height: Math.max(...images.map(({ height }) => height)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What predicting an image takes, and how it is tiled where it is. */
export interface PredictionNeed {
  readonly bytes: number;
  readonly plan?: TilePlan | undefined;
}

/** An image that is predicted, or the slices of a stack. */
interface Predicted extends Size {
  readonly path: string;
  readonly slices: number;
}

/** Checks that predicting one image by the mean of models, each in its mode, fits into the memory. */
export function requireForPrediction(
  members: readonly { readonly model: Model; readonly mode: Mode }[],
  computing: Computing & ResultOptions,
  image: Predicted,
): PredictionNeed {
  const { path, width, height, slices } = image;
  const needs = members.map(({ model, mode }) => needOfPrediction(model, mode, computing, image));
  const { model } = members[0]!;
  const held = resultsOfStack(model, computing, image);
  const need = together(needs, held + Math.max(...needs.map(({ imageBytes }) => imageBytes)));
  const what = slices === 1 ? 'an image' : `a stack of ${slices} slices`;
  const advice = adviceFor(model, computing.tiling) + orPictures(held) + orFewer(members);
  demand(need, model.backend, `${path}: ${what} of ${width}x${height} pixels`, advice);
  return { bytes: inHost(need, model.backend), plan: needs.find(({ plan }) => plan)?.plan };
}

/** The results that wait until all slices of a stack are predicted, as they are written into one file: labels of 8 bits. */
function resultsOfStack(
  { config: { classes } }: Model,
  { saveProbs, format }: ResultOptions,
  { width, height, slices }: Predicted,
): number {
  if (slices === 1 || format === 'png') return 0;
  return slices * width * height * (1 + (saveProbs ? FLOAT * classes : 0));
}

function needOfPrediction(
  model: Model,
  mode: Mode,
  { tiling, tta }: Computing,
  image: Size,
): ModelNeed & { readonly imageBytes: number; readonly plan: TilePlan | undefined } {
  const { config, parameters, backend } = model;
  const multiple = 2 ** levelsOfMode(mode, config).at(-1)!;
  const seen = frameOf(image, model.card.preprocessing);
  const keepsSize = model.card.preprocessing.size === undefined;
  const plan = keepsSize ? model.tiles(seen, [outputOf(mode, config)], { tiling }) : undefined;
  const size = plan?.tile ?? { width: roundUp(seen.width, multiple), height: roundUp(seen.height, multiple) };
  const batch = plan?.batch ?? 1;
  const graphs = sizesOf(tta, size).map((each) => model.record(mode, { batch, ...each }));
  const { workingBytes, preparedBytes } = predictionMemory(graphs, backend);
  const { inChannels, classes } = config;
  // What the network reads, and packed; what it says, as read and as cut out. At the image's own size, what comes of it,
  // and its overlay; of tiles, two rows of them are there as probabilities, and the image as it is stored.
  const channels = 2 * (inChannels + classes) + copyChannels(tta, inChannels, classes);
  const computed = FLOAT * batch * size.width * size.height * channels;
  const pixels = image.width * image.height;
  return {
    keptBytes: parameterBytes(parameters.list, backend) + preparedBytes,
    workingBytes,
    heldBytes: computed + (plan ? FLOAT * 2 * image.width * size.height * classes : 0),
    imageBytes: pixels * (plan ? STORED : FLOAT * (inChannels + classes + 1)),
    plan,
  };
}

/** What helps where an image is too large. */
function adviceFor({ card }: Model, tiling: Tiling): string {
  if (card.preprocessing.size !== undefined) return 'make it smaller or cut it into tiles';
  return tiling === 'auto' ? 'make it smaller' : 'leave --tile out, or make it smaller';
}

/** What also helps where the results of slices wait for each other. */
function orPictures(held: number): string {
  return held > 0 ? ', or write a picture for each slice with --format png' : '';
}

/** What also helps where there are several models. */
function orFewer(members: readonly unknown[]): string {
  return members.length > 1 ? ', or take fewer models' : '';
}
