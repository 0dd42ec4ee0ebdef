/** Tables of what predicting and training with a model cost. */

import type { GpuCosts } from '../../app/models/gpu-costs.js';
import { roundUp } from '../../base/multiples.js';
import { grouped, inWords, memorySize } from '../../base/quantities.js';
import { CACHE_BYTES } from '../../data/cache.js';
import { trainedLoss } from '../../loss/loss.js';
import type { Model } from '../../model/model.js';
import type { Summary } from '../../model/summary.js';
import { depthOf } from '../../network/config.js';
import { type TrainingMemory, trainingMemory } from '../../train/memory.js';
import { type OptimizerName, optimizers } from '../../train/optimizer/optimizer.js';
import { table } from './table.js';

/** The side in pixels for which the cost of a model without a size of its own is stated. */
const SIZE = 128;

/** Returns the side in pixels for which the cost of a model is stated. */
export function costSize({ config, card }: Model): number {
  const multiple = 2 ** depthOf(config);
  const { patch, size = patch ?? SIZE } = card.preprocessing;
  return roundUp(size, multiple);
}

/** Makes a row for each head, and for the mean of all. A model holds the weights of all heads in every mode. */
export function predictionTable({ levels, ...all }: Summary, size: number, on: string): string[] {
  const rows = [...levels, { head: 'all', ...all }].map(({ head, parameters, macs, preparedBytes, workingBytes }) => {
    const total = all.parameterBytes + preparedBytes + workingBytes;
    const memory = [preparedBytes, workingBytes, total].map(memorySize);
    return [head, grouped(parameters), inWords(macs), ...memory];
  });
  return [
    `an image of ${size}x${size} on ${on}; memory includes ${memorySize(all.parameterBytes)} of weights`,
    ...table(['head', 'parameters', 'multiply-adds', 'prepared', 'working', 'memory'], rows),
  ];
}

/** The settings that a model was trained with, and what training takes with them. */
export interface TrainingCosts {
  readonly settings: CostSettings;
  /** The memory for some numbers of workers, from 1 to as many as have work. */
  readonly memory: readonly (TrainingMemory & { readonly workers: number })[];
}

interface CostSettings {
  readonly size: number;
  readonly batch: number;
  readonly microBatch: number;
  readonly optimizer: OptimizerName;
  readonly emaDecay?: number | undefined;
  readonly images: { readonly train: number; readonly validation: number };
}

/** Returns the costs of training; undefined where the file does not say how the model was trained. */
export function trainingCosts(model: Model): TrainingCosts | undefined {
  const { config, backend, card } = model;
  const { preprocessing, training } = card;
  const settings = settingsOf({ ...training, size: preprocessing.size ?? preprocessing.patch });
  if (!settings || settings.size % 2 ** depthOf(config) !== 0) return undefined;
  const { batch, microBatch, images } = settings;
  // A GPU computes one micro-batch after the other.
  const useful = backend.adapter === undefined ? Math.ceil(Math.min(batch, images.train) / microBatch) : 1;
  const loss = trainedLoss(model);
  const memory = workerCounts(useful).map((workers) => {
    return { workers, ...trainingMemory(config, { ...settings, loss, workers, cacheBytes: CACHE_BYTES }, backend) };
  });
  return { settings, memory };
}

/** Lists 1, 2, 4 and 8 as far as they are useful, and the largest useful number. */
function workerCounts(useful: number): number[] {
  const most = Math.min(useful, 16);
  return [1, 2, 4, 8].filter((count) => count < most).concat(most);
}

/** Reads the settings from what a model's file says of its training, which is JSON that may hold anything. */
function settingsOf(facts: Readonly<Record<string, unknown>>): CostSettings | undefined {
  // Version 0.1.0 called it `averageDecay`.
  const { size, batch, microBatch, optimizer, emaDecay = facts.averageDecay } = facts;
  const images = facts.images as Readonly<Record<string, unknown>> | null | undefined;
  const counts = [size, batch, microBatch, images?.train, images?.validation];
  if (!counts.every((count) => Number.isSafeInteger(count) && (count as number) > 0)) return undefined;
  if (!(optimizers as readonly unknown[]).includes(optimizer)) return undefined;
  if (emaDecay !== undefined && typeof emaDecay !== 'number') return undefined;
  return { ...facts, emaDecay } as unknown as CostSettings;
}

/** Makes a row for each computation. @param on the GPU, in words */
export function gpuTable({ prediction, step }: GpuCosts, on: string): string[] {
  const named = [['prediction', prediction] as const, ...(step ? [['training step', step] as const] : [])];
  const rows = named.map(([name, { dispatches, pipelines, arenaBytes, storageBytes, compileSeconds }]) => {
    const memory = [arenaBytes, storageBytes].map(memorySize);
    return [name, grouped(dispatches), grouped(pipelines), ...memory, `${compileSeconds.toFixed(1)} s`];
  });
  return [
    `compiled for ${on}`,
    ...table(['computation', 'dispatches', 'pipelines', 'arena', 'storages', 'compiled in'], rows),
  ];
}

export function trainingTable({ settings, memory }: TrainingCosts): string[] {
  const { size, batch, microBatch } = settings;
  const rows = memory.map(({ workers, total, outside, ...parts }) => [
    String(workers),
    memorySize(parts.parameters),
    `${parts.gradientBuffers} x ${memorySize(parts.gradients / parts.gradientBuffers)}`,
    ...[parts.optimizer, parts.prepared, parts.working, outside, total + outside].map(memorySize),
  ]);
  const each = memorySize(memory[0]!.worker);
  return [
    `training at ${size}x${size}, batch ${batch} in micro-batches of ${microBatch}; each worker computes in ${each}`,
    ...table(['workers', 'weights', 'gradients', 'optimizer', 'prepared', 'working', 'outside', 'memory'], rows),
    'prepared: filters for validation; outside: best weights, model file, samples',
  ];
}
