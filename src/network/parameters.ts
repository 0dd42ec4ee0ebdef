/** The parameters of a network: which there are, and the memory that holds their values. */
import type { Backend, Storage, Values } from '../backend/backend.js';
import { invariant } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import type { Tensor } from '../graph/graph.js';
import { sizeOf } from '../graph/shape.js';
import type { ModelConfig } from './config.js';
import type { Parameter } from './layers.js';
import { type Network, recordSquare } from './network.js';

/** The parameters of a configuration, in the order of computation, read off the recorded graph. */
export function listParameters(config: ModelConfig): readonly Parameter[] {
  return [...recordSquare(config).parameters.values()];
}

/** Whether the optimizer moves a parameter. The others are running statistics. */
export function isTrainable({ kind }: Parameter): boolean {
  return kind !== 'runningMean' && kind !== 'runningVariance';
}

/** Counts the trainable numbers, which papers state as parameters. */
export function countParameters(parameters: Iterable<Parameter>): number {
  return [...parameters].filter(isTrainable).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The offsets of parameters in one flat memory, in elements. */
export interface FlatLayout {
  readonly offsets: ReadonlyMap<string, number>;
  /** The length in elements, the gaps of the alignment included. */
  readonly length: number;
}

/**
 * Lays parameters one after the other. The gaps hold zeros, which every optimizer leaves as they are.
 * @param alignment the backend's, in elements
 */
export function flatLayout(parameters: readonly Parameter[], alignment: number): FlatLayout {
  const offsets = new Map<string, number>();
  let length = 0;
  for (const { name, shape } of parameters) {
    offsets.set(name, length);
    length += roundUp(sizeOf(shape), alignment);
  }
  return { offsets, length };
}

/** Elements of the two memories of a `ParameterStore`. */
export function storeLengths(
  list: readonly Parameter[],
  { alignment }: Pick<Backend, 'alignment'>,
): { trainable: number; statistics: number } {
  const { trainable, statistics } = separated(list);
  return {
    trainable: flatLayout(trainable, alignment).length,
    statistics: flatLayout(statistics, alignment).length,
  };
}

function separated(list: readonly Parameter[]) {
  return {
    trainable: list.filter(isTrainable),
    statistics: list.filter((parameter) => !isTrainable(parameter)),
  };
}

/** Returns the part of `flat` that belongs to each parameter. */
function split(flat: Values, parameters: readonly Parameter[], { offsets }: FlatLayout): [string, Values][] {
  return parameters.map(({ name, shape }) => {
    const start = offsets.get(name)!;
    return [name, flat.subarray(start, start + sizeOf(shape))];
  });
}

/** A copy of the values of all parameters at one moment. */
export interface Snapshot {
  readonly trainable: Values;
  readonly statistics: Values;
}

/**
 * The values: all trainable ones in one flat memory, so that the optimizer is one pass and gradients have the same
 * layout, and the running statistics in another.
 */
export class ParameterStore {
  /** The parameters in the order of computation. */
  readonly list: readonly Parameter[];
  readonly trainable: Storage;
  readonly statistics: Storage;
  /** The layout of `trainable`. */
  readonly layout: FlatLayout;
  readonly #storages = new Map<string, Storage>();

  /**
   * Allocates the memory, all zero.
   * @param network the network whose parameters they are, recorded without `training` at any size; a prediction of that
   *   size computes this very one
   */
  constructor(
    readonly network: Network,
    readonly backend: Backend,
  ) {
    this.list = [...network.parameters.values()];
    const { trainable, statistics } = separated(this.list);
    this.layout = flatLayout(trainable, backend.alignment);
    this.trainable = this.#allocate(trainable, this.layout, backend);
    this.statistics = this.#allocate(statistics, flatLayout(statistics, backend.alignment), backend);
  }

  /** The values of one parameter. */
  get(name: string): Storage {
    const storage = this.#storages.get(name);
    invariant(storage, `no parameter is called ${name}`);
    return storage;
  }

  /** The part of `flat`, a memory with the layout of `trainable` (gradients, say), that belongs to a parameter. */
  sliceOf(flat: Storage, { name, shape }: Parameter): Storage {
    return flat.slice(this.layout.offsets.get(name)!, sizeOf(shape));
  }

  /** Binds the leaves of a recorded network to the values. */
  bind(network: Network): Map<Tensor, Storage> {
    return new Map([...network.parameters].map(([leaf, { name }]) => [leaf, this.get(name)]));
  }

  /** Sets all values, by name, in our layouts. */
  load(values: ReadonlyMap<string, Values>): void {
    for (const { name } of this.list) this.get(name).write(values.get(name)!);
    this.weightsChanged();
  }

  /** Reads all values as they are at this moment, in the form that `load` takes. */
  async read(): Promise<ReadonlyMap<string, Values>> {
    const { trainable, statistics } = await this.snapshot();
    const parts = separated(this.list);
    const layouts = { trainable: this.layout, statistics: flatLayout(parts.statistics, this.backend.alignment) };
    return new Map([
      ...split(trainable, parts.trainable, layouts.trainable),
      ...split(statistics, parts.statistics, layouts.statistics),
    ]);
  }

  async snapshot(): Promise<Snapshot> {
    const [trainable, statistics] = await Promise.all([this.trainable.read(), this.statistics.read()]);
    return { trainable, statistics };
  }

  restore(snapshot: Snapshot): void {
    this.trainable.write(snapshot.trainable);
    this.statistics.write(snapshot.statistics);
    this.weightsChanged();
  }

  /** Tells the backend that values have changed that were written in another way than by `load` or `restore`. */
  weightsChanged(): void {
    this.backend.weightsChanged();
  }

  /** Gives the memory back to the backend; the values cannot be used any more. */
  free(): void {
    this.trainable.free();
    this.statistics.free();
  }

  #allocate(parameters: readonly Parameter[], { offsets, length }: FlatLayout, backend: Backend): Storage {
    const flat = backend.allocate(length);
    for (const { name, shape } of parameters) {
      this.#storages.set(name, flat.slice(offsets.get(name)!, sizeOf(shape)));
    }
    return flat;
  }
}
