/**
 * Reduces the gradients, losses and running statistics of micro-batches to those of their mini-batch. All is keyed by
 * the index of the micro-batch and summed in a fixed order, so that neither the number of workers nor which of them is
 * the fastest changes a bit.
 *
 * Where several processes train together, each has a `Reducer` whose `share` is a part of the micro-batches: it passes on
 * what is added, and finishes with what all have added, in the order of `LocalReducer`. So they have the bits of one.
 */
import type { Allocator, Storage } from '../../backend/backend.js';
import { GradientTree, waitingGradients } from './gradient-tree.js';
import type { Losses } from './losses.js';

/** Values by the name of the running statistic that they belong to. */
export type Statistics = ReadonlyMap<string, Float64Array>;

/** The results of a micro-batch. */
export interface MicroBatch {
  /** Its gradients, laid out as the trainable parameters. */
  readonly gradients: Storage;
  /** Its losses, which are means over its images. */
  readonly losses: Losses;
  /** Its contribution to the new running statistics, which are means over the mini-batch. */
  readonly statistics: Statistics;
}

/** The results of a mini-batch beside its gradients. */
export interface MiniBatch {
  /** The losses of its micro-batches, by their index. */
  readonly losses: readonly Losses[];
  /** The new running statistics. */
  readonly statistics: Statistics;
}

export interface Reducer {
  /** The gradients of the mini-batch, once it is finished; they are laid out as the trainable parameters. */
  readonly gradients: Storage;
  /** Takes the memory for mini-batches of up to `count` micro-batches, which otherwise is taken when it is needed. */
  reserve(count: number): void;
  /** The indices of the micro-batches that this process computes, of the `count` of a mini-batch, in order. */
  share(count: number): readonly number[];
  /** Begins a mini-batch of `count` micro-batches; what was added to an unfinished one is forgotten. */
  begin(count: number): void;
  /** Adds micro-batch `index`, in whatever order they are done. Its gradients may be written anew afterwards. */
  add(index: number, part: MicroBatch): Promise<void>;
  /** Ends the mini-batch, all of whose micro-batches have been added, here or in other processes. */
  finish(): Promise<MiniBatch>;
}

/** The reducer of a process that computes all micro-batches itself. */
export class LocalReducer implements Reducer {
  readonly gradients: Storage;
  readonly #workers: number;
  readonly #tree: GradientTree;
  #losses: Losses[] = [];
  #statistics: Statistics[] = [];

  /**
   * @param length how many trainable parameters there are
   * @param workers how many micro-batches are computed at a time
   */
  constructor(scope: Allocator, length: number, workers: number) {
    this.gradients = scope.allocate(length);
    this.#workers = workers;
    this.#tree = new GradientTree(scope, this.gradients);
  }

  reserve(count: number): void {
    this.#tree.reserve(waitingGradients(this.#workers, count));
  }

  share(count: number): readonly number[] {
    return Array.from({ length: count }, (_, index) => index);
  }

  begin(count: number): void {
    this.#tree.begin(count);
    this.#losses = [];
    this.#statistics = [];
  }

  async add(index: number, { gradients, losses, statistics }: MicroBatch): Promise<void> {
    this.#tree.add(index, gradients);
    this.#losses[index] = losses;
    this.#statistics[index] = statistics;
  }

  async finish(): Promise<MiniBatch> {
    return { losses: this.#losses, statistics: sumOf(this.#statistics) };
  }
}

/** The sum of what the micro-batches add to each statistic, in their order. */
function sumOf(parts: readonly Statistics[]): Statistics {
  const names = [...parts[0]!.keys()];
  return new Map(
    names.map((name) => {
      const [first, ...rest] = parts.map((part) => part.get(name)!);
      return [name, first!.map((x, i) => rest.reduce((sum, part) => sum + part[i]!, 0 + x))];
    }),
  );
}
