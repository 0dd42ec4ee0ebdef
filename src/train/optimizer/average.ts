/**
 * Exponential moving average of the weights: B. T. Polyak and A. B. Juditsky, 1992, with the warm-up of TensorFlow's
 * `ExponentialMovingAverage(decay, num_updates)`, without which a short run averages mostly its initial weights.
 */
import type { Allocator, Program, Storage } from '../../backend/backend.js';
import { InputError, invariant } from '../../base/errors.js';
import { Graph, type Tensor } from '../../graph/graph.js';
import type { ParameterStore } from '../../network/parameters.js';
import { lerp } from '../../ops/index.js';

/** What an average remembers beside its `storage`, as plain JSON. */
export interface WeightAverageState {
  readonly updates: number;
}

/**
 * The average begins as a copy of the parameters as they are when it is made. Update n, from 1, is
 *
 *     average = average + (1 - d) (parameters - average)   with   d = min(decay, (1 + n) / (10 + n)),
 *
 * so that it holds 2/11 of the initial weights after the first update, and at most n^-9 x 10! of them after n, while d
 * grows. Running statistics of norms are not averaged: they are averages already.
 */
export class WeightAverage {
  /** The number of updates so far. */
  updates = 0;
  /** The average, with the layout of the parameters; what it holds beside `updates` is all of its state. */
  readonly storage: Storage;
  readonly #program: Program;
  readonly #weight: Tensor;
  #swapped = false;

  /**
   * @param decay how slowly the average moves, 0.999 for example: it reaches back about 1 / (1 - decay) steps
   * @throws InputError unless 0 <= decay < 1
   */
  constructor(
    scope: Allocator,
    readonly parameters: Pick<ParameterStore, 'trainable' | 'weightsChanged'>,
    readonly decay: number,
  ) {
    if (!(decay >= 0 && decay < 1)) {
      throw new InputError(`training: the decay of the average is ${decay}, expected at least 0 and below 1`);
    }
    const { trainable } = parameters;
    this.storage = scope.allocate(trainable.length);
    this.storage.copyFrom(trainable);

    const graph = new Graph();
    const [average, current] = ['average', 'parameters'].map((name) => graph.parameter(name, [trainable.length]));
    this.#weight = graph.input('weight', [1]);
    const updated = lerp(average!, current!, this.#weight);
    const bound: [Tensor, Storage][] = [
      [average!, this.storage],
      [current!, trainable],
      [updated, this.storage],
    ];
    this.#program = scope.compile([updated], new Map(bound));
  }

  /** Moves the average towards the parameters; the training calls it after each step of the optimizer. */
  update(): void {
    invariant(!this.#swapped, 'the average stands in the place of the parameters');
    const n = ++this.updates;
    this.#program.write(this.#weight, [1 - Math.min(this.decay, (1 + n) / (10 + n))]);
    this.#program.run();
  }

  /** Swaps the values of parameters and average, to validate or keep the average; a second call swaps them back. */
  swap(): void {
    this.parameters.trainable.swap(this.storage);
    this.#swapped = !this.#swapped;
    this.parameters.weightsChanged();
  }

  /** Returns what is to be stored beside `storage`, whose values the caller copies. */
  saveState(): WeightAverageState {
    invariant(!this.#swapped, 'the average stands in the place of the parameters');
    return { updates: this.updates };
  }

  restoreState({ updates }: WeightAverageState): void {
    this.updates = updates;
  }
}
