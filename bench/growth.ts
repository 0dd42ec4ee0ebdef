/** How times and memory grow with the work: one thing at a time is changed around a base point. */
import { fits, type MemoryNeed } from '../src/app/memory.js';
import type { Backend } from '../src/backend/backend.js';
import { mean } from '../src/base/statistics.js';
import { recordInference } from '../src/infer/inference.js';
import { networkCost, parameterBytes, predictionMemory } from '../src/model/summary.js';
import { parseConfig } from '../src/network/config.js';
import { outputOf } from '../src/network/mode.js';
import { listParameters } from '../src/network/parameters.js';
import { availableCores } from '../src/platform/node/threads/cores.js';
import { trainingMemory } from '../src/train/memory.js';
import { createEngine, type Engine, type EngineOptions } from './engine.js';
import { measureAsync, timeOnce } from './measure.js';
import { MICRO_BATCH, Workload } from './workload.js';

/** What a forward pass or a training step computes. */
export interface Work {
  /** The channels of each level. */
  readonly filters: readonly number[];
  /** The width and height of the images in pixels. */
  readonly size: number;
  /** How many images a pass or a step has. */
  readonly images: number;
  readonly threads: number;
}

export interface Taken {
  readonly work: Work;
  /** The milliseconds of a pass or a step, divided by its images; absent where it was not run. */
  readonly msPerImage?: number;
  /** The memory that `unetpp info` forecasts. */
  readonly bytes: number;
}

/** What a forward pass and a training step take. */
export interface Costs {
  readonly infer: Taken;
  readonly train: Taken;
}

export interface Axis {
  /** What is changed, for people and for scripts. */
  readonly name: string;
  readonly points: readonly (Costs & { readonly value: number })[];
  /** The milliseconds of an image grow as the value to the power of this; absent where fewer than two were run. */
  readonly inferExponent?: number | undefined;
  readonly trainExponent?: number | undefined;
}

export interface Growth {
  /** A forward pass of one image, and a training step with a micro-batch for each thread. */
  readonly base: Costs;
  readonly axes: readonly Axis[];
}

export interface GrowthOptions extends EngineOptions, Pick<Work, 'filters' | 'size'> {}

/** A pass or a step that would take more seconds is not run. */
export const LONGEST = 15;
/** So many samples are taken, and fewer where they would take more seconds by the first run, which compiles; at least one. */
const SAMPLES = 5;
const SECONDS = 4;
/** Short runs are repeated for so many seconds. */
const LEAST_SECONDS = 0.2;

type Kind = keyof Costs;

/** A value of an axis, and what it changes of the base point. */
type Change = readonly [value: number, infer: Partial<Work>, train?: Partial<Work>];

/** @param onPoint is told how many of all points are done */
export async function measureGrowth(
  options: GrowthOptions,
  engine: Engine,
  onPoint: (done: number, total: number) => void,
): Promise<Growth> {
  const meter = new Meter(options, engine);
  const costs = async (infer: Work, train: Work): Promise<Costs> => {
    return { infer: await meter.measure('infer', infer), train: await meter.measure('train', train) };
  };
  const { filters, size, threads } = options;
  const work = { filters, size, threads };
  const base = await costs({ ...work, images: 1 }, { ...work, images: threads * MICRO_BATCH });

  const planned = Object.entries(changes(options));
  const total = planned.reduce((sum, [, list]) => sum + list.length, 0);
  let done = 0;
  const axes: Axis[] = [];
  for (const [name, list] of planned) {
    const points: Axis['points'][number][] = [];
    for (const [value, infer, train = infer] of list) {
      points.push({ value, ...(await costs({ ...base.infer.work, ...infer }, { ...base.train.work, ...train })) });
      onPoint(++done, total);
    }
    const exponent = (kind: Kind) => exponentOf(points.map(({ value, [kind]: taken }) => [value, taken.msPerImage]));
    axes.push({ name, points, inferExponent: exponent('infer'), trainExponent: exponent('train') });
  }
  return { base, axes };
}

/** The axes, each with those of its values that a network can have. */
function changes({ filters, size, backend }: GrowthOptions): Readonly<Record<string, readonly Change[]>> {
  const multiple = 2 ** (filters.length - 1);
  const sizes = [0.5, 1, 2, 4, 8, 16].map((times) => times * size).filter((side) => side % multiple === 0);
  const widths = [0.25, 0.5, 1, 2].map((times) => filters.map((count) => times * count));
  const levels = filters.map((_, k) => filters.slice(0, k + 1)).slice(1);
  return {
    size: sizes.map((side) => [side, { size: side }]),
    batch: [1, 2, 4, 8, 16].map((images) => [images, { images }]),
    width: widths.filter((list) => list.every(Number.isInteger)).map((list) => [list[0]!, { filters: list }]),
    levels: levels.map((list) => [list.length, { filters: list }]),
    // Each thread trains on micro-batches of its own.
    ...(backend !== 'webgpu' && {
      threads: threadCounts().map((threads) => [threads, { threads }, { threads, images: threads * MICRO_BATCH }]),
    }),
  };
}

/** The powers of two up to the cores of this machine, and all of them. */
export function threadCounts(): number[] {
  const cores = availableCores();
  const powers = Array.from({ length: Math.floor(Math.log2(cores)) + 1 }, (_, k) => 2 ** k);
  return [...new Set([...powers, cores])];
}

/** Measures works, each once and on a backend of its own, so that none finds the memory of another. */
class Meter {
  readonly #known = new Map<string, Taken>();
  /** The milliseconds of a multiply-add of the first work of each kind, by which those of others are foreseen. */
  readonly #pace = new Map<Kind, number>();

  constructor(
    readonly options: GrowthOptions,
    readonly engine: Engine,
  ) {}

  async measure(kind: Kind, work: Work): Promise<Taken> {
    const key = JSON.stringify([kind, work.filters, work.size, work.images, work.threads]);
    const taken = this.#known.get(key) ?? (await this.#measure(kind, work));
    this.#known.set(key, taken);
    return taken;
  }

  async #measure(kind: Kind, work: Work): Promise<Taken> {
    const { threads, images } = work;
    const engine = threads === this.engine.threads ? this.engine : await createEngine({ ...this.options, threads });
    const backend = await engine.createBackend();
    try {
      const need = FORECASTS[kind](work, backend);
      const bytes = need.backendBytes + need.hostBytes;
      const macs = macsOf(work);
      const expectedMs = (this.#pace.get(kind) ?? 0) * macs;
      if (expectedMs > 1000 * LONGEST || !fits(need, backend)) return { work, bytes };
      const ms = await timeOf(kind, work, backend);
      if (!this.#pace.has(kind)) this.#pace.set(kind, ms / macs);
      return { work, msPerImage: ms / images, bytes };
    } finally {
      backend.close();
    }
  }
}

async function timeOf(kind: Kind, { filters, size, images }: Work, backend: Backend): Promise<number> {
  const workload = new Workload({ filters, size, batch: images }, backend);
  const call = kind === 'infer' ? () => workload.inferBatch() : () => workload.train();
  const firstMs = await timeOnce(call);
  const samples = Math.max(1, Math.min(SAMPLES, Math.floor((1000 * SECONDS) / firstMs)));
  return measureAsync(call, { seconds: LEAST_SECONDS, samples });
}

/** The multiply-adds that each thread has, where they share the work evenly. */
function macsOf({ filters, size, images, threads }: Work): number {
  const config = parseConfig({ filters }, '--filters');
  return (networkCost(config, 'accurate', { width: size, height: size }).macs * images) / threads;
}

const FORECASTS: { readonly [K in Kind]: (work: Work, backend: Backend) => MemoryNeed } = {
  infer({ filters, size, images }, backend) {
    const config = parseConfig({ filters }, '--filters');
    const graph = recordInference(config, [outputOf('accurate', config)], { batch: images, height: size, width: size });
    const { workingBytes, preparedBytes } = predictionMemory([graph], backend);
    const kept = parameterBytes(listParameters(config), backend) + preparedBytes;
    return { backendBytes: kept + workingBytes, hostBytes: 0 };
  },
  train({ filters, size, images }, backend) {
    const config = parseConfig({ filters }, '--filters');
    const { total, outside } = trainingMemory(config, { size, batch: images, microBatch: MICRO_BATCH }, backend);
    return { backendBytes: total, hostBytes: outside };
  },
};

/** The exponent p of the curve y = c x^p through points, by least squares of the logarithms. */
export function exponentOf(points: readonly (readonly [x: number, y: number | undefined])[]): number | undefined {
  const logs = points.flatMap(([x, y]) => (y === undefined ? [] : [[Math.log(x), Math.log(y)] as const]));
  if (logs.length < 2) return undefined;
  const [middleX, middleY] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const covariance = mean(logs.map(([x, y]) => (x - middleX) * (y - middleY)));
  return covariance / mean(logs.map(([x]) => (x - middleX) ** 2));
}
