/** The memory that work needs, worked out from its plan and compared with what there is before anything is allocated. */
import { freemem, totalmem } from 'node:os';
import { InputError } from '../base/errors.js';
import { planFor } from '../index.js';
import { depthOf, type ModelConfig } from '../model/config.js';
import { levelName, levelsOfMode, type Mode } from '../model/mode.js';
import type { Model } from '../model/model.js';
import { summarize } from '../model/summary.js';
import { recordEvaluation } from '../train/evaluate.js';
import { type TrainingMemoryOptions, trainingMemory } from '../train/memory.js';
import { memorySize } from './format.js';

/** What WebAssembly can address. */
const ADDRESSABLE = 4 * 2 ** 30;
const FLOAT = 4;

/**
 * @param bytes in WebAssembly's memory, and outside of it
 * @param what begins the error: the option or the file that asks for so much
 * @throws InputError where they cannot be had; it ends with `advice`
 */
function demand(bytes: { inside: number; outside?: number }, what: string, advice: string): void {
  const { inside, outside = 0 } = bytes;
  if (fits(inside, outside)) return;
  const why = inside > ADDRESSABLE ? 'WebAssembly holds at most 4.0 GB' : `${memorySize(available())} are free`;
  throw new InputError(`${what} needs ${memorySize(inside + outside)} of memory, ${why}; ${advice}`);
}

/** Whether so many bytes can be had in WebAssembly's memory, and outside of it. */
export function fits(inside: number, outside = 0): boolean {
  return inside <= ADDRESSABLE && inside + outside <= available();
}

function available(): number {
  // On macOS, memory that only caches files does not count as free.
  const free = process.platform === 'darwin' ? totalmem() : freemem();
  return Math.min(free, process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** The bytes that training takes. */
export function requireForTraining(config: ModelConfig, options: TrainingMemoryOptions & { workers: number }): number {
  const { total } = trainingMemory(config, options, planFor);
  const { size, microBatch, workers } = options;
  const parts = [`--filters ${config.filters.join(',')}`, `--micro-batch ${microBatch}`];
  if (workers > 1) parts.push(`--workers ${workers}`);
  const what = `--size ${size} with ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  demand({ inside: total }, what, 'lower one of them');
  return total;
}

/** Evaluates `batch` images at once, of `size` pixels a side. */
export function requireForEvaluation({ config, parameters, backend }: Model, batch: number, size: number): void {
  const { network, outputs } = recordEvaluation(config, batch, roundUp(size, config));
  const { length } = planFor(outputs, new Set(network.parameters.keys()), undefined, backend.threads);
  demand({ inside: FLOAT * (length + parameters.trainable.length) }, `--size ${size}`, 'lower it');
}

/** The bytes that predicting one image takes. */
export function requireForPrediction(
  { config, parameters, preprocessing }: Model,
  mode: Mode,
  image: { readonly path: string; readonly width: number; readonly height: number },
): void {
  const { path, width, height } = image;
  const size = {
    width: roundUp(preprocessing.size ?? width, config),
    height: roundUp(preprocessing.size ?? height, config),
  };
  const summary = summarize(config, size, planFor);
  const name = levelName(levelsOfMode(mode, config)[0]!);
  const { workingBytes } = mode === 'accurate' ? summary : summary.levels.find(({ head }) => head === name)!;
  const inside = workingBytes + FLOAT * parameters.trainable.length;
  // The image in floats, its probabilities and its overlay, at the image's own size.
  const outside = FLOAT * width * height * (config.inChannels + config.classes + 1);
  demand({ inside, outside }, `${path}: an image of ${width}x${height} pixels`, 'make it smaller or cut it into tiles');
}

function roundUp(size: number, config: ModelConfig): number {
  const multiple = 2 ** depthOf(config);
  return Math.ceil(size / multiple) * multiple;
}
