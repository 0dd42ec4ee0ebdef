/**
 * Reduces the gradients, losses and running statistics of micro-batches to those of their mini-batch. All is keyed by
 * the index of the micro-batch and summed in a fixed order, so that neither the number of workers nor which of them is
 * the fastest changes a bit. Gradients stay where the backend computes; losses and statistics are promises, as their
 * values may come later than what is computed next is begun.
 *
 * Where several processes train together, each has a `Reducer` whose `share` is a part of the micro-batches: it passes on
 * what is added, and finishes with what all have added, in the order of `LocalReducer`. So they have the bits of one.
 */
import type { Allocator, Storage } from '../../backend/backend.js';
import { GradientTree, waitingGradients } from './gradient-tree.js';
import type { Losses } from './losses.js';
import type { Results } from './results.js';

/** What comes of a micro-batch. */
export interface MicroBatch {
  /** Its gradients, laid out as the trainable parameters. */
  readonly gradients: Storage;
  readonly results: Promise<Results>;
}

/** What comes of a mini-batch beside its gradients. */
export interface MiniBatch {
  readonly results: Promise<MiniBatchResults>;
}

export interface MiniBatchResults {
  /** The losses of the micro-batches, by their index. */
  readonly losses: readonly Losses[];
  /** The new running statistics, laid out as those of the parameters. */
  readonly statistics: Float64Array;
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
  /**
   * Adds micro-batch `index`, in whatever order they are done. The gradients are those at the moment of the call; they may
   * be written anew when the promise is fulfilled, which does not wait for the results.
   */
  add(index: number, part: MicroBatch): Promise<void>;
  /**
   * Ends the mini-batch, all of whose micro-batches have been added, here or in other processes. What is computed from
   * `gradients` from now on is computed from their sum; the results need not be there yet.
   */
  finish(): Promise<MiniBatch>;
}

/** The reducer of a process that computes all micro-batches itself. */
export class LocalReducer implements Reducer {
  readonly gradients: Storage;
  readonly #workers: number;
  readonly #tree: GradientTree;
  #results: Promise<Results>[] = [];

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
    this.#results = [];
  }

  async add(index: number, { gradients, results }: MicroBatch): Promise<void> {
    this.#tree.add(index, gradients);
    this.#results[index] = results;
  }

  async finish(): Promise<MiniBatch> {
    return { results: Promise.all(this.#results).then(together) };
  }
}

/** The losses of the micro-batches, and the sum of their statistics, in their order. */
export function together(results: readonly Results[]): MiniBatchResults {
  const [first, ...rest] = results.map(({ statistics }) => statistics);
  return {
    losses: results.map(({ losses }) => losses),
    statistics: first!.map((x, i) => rest.reduce((sum, part) => sum + part[i]!, 0 + x)),
  };
}
