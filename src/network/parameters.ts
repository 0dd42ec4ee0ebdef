/** The parameters of a network: which there are, and the memory that holds their values. */
import type { Backend, Storage, Values } from '../backend/backend.js';
import { invariant } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import { sizeOf } from '../graph/shape.js';
import type { ModelConfig } from './config.js';
import { flatLayout, Layouts, partsOf } from './flat-layout.js';
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

/** A copy of the values of all parameters at one moment, with the layouts that values have outside of backends. */
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
  /** The layouts of `trainable` and `statistics`. */
  readonly layouts: { readonly trainable: Layouts; readonly statistics: Layouts };
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
    this.layouts = {
      trainable: new Layouts(trainable, backend.alignment),
      statistics: new Layouts(statistics, backend.alignment),
    };
    this.trainable = this.#allocate(this.layouts.trainable);
    this.statistics = this.#allocate(this.layouts.statistics);
  }

  /** The values of one parameter. */
  get(name: string): Storage {
    const storage = this.#storages.get(name);
    invariant(storage, `no parameter is called ${name}`);
    return storage;
  }

  /** The part of `flat`, a memory with the layout of `trainable` (gradients, say), that belongs to a parameter. */
  sliceOf(flat: Storage, { name }: Parameter): Storage {
    const { start, size } = this.layouts.trainable.inside.places.get(name)!;
    return flat.slice(start, size);
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
    const { layouts } = this;
    return new Map([
      ...partsOf(trainable, layouts.trainable.outside),
      ...partsOf(statistics, layouts.statistics.outside),
    ]);
  }

  async snapshot(): Promise<Snapshot> {
    const { layouts } = this;
    const [trainable, statistics] = await Promise.all([
      layouts.trainable.read(this.trainable),
      layouts.statistics.read(this.statistics),
    ]);
    return { trainable, statistics };
  }

  restore(snapshot: Snapshot): void {
    this.layouts.trainable.write(this.trainable, snapshot.trainable);
    this.layouts.statistics.write(this.statistics, snapshot.statistics);
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

  #allocate({ inside: { places, length } }: Layouts): Storage {
    const flat = this.backend.allocate(length);
    for (const [name, { start, size }] of places) this.#storages.set(name, flat.slice(start, size));
    return flat;
  }
}
