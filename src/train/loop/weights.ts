/** The weights that a training moves: those of the model, their moving average, and those of the best epoch. */
import type { Allocator } from '../../backend/backend.js';
import type { ParameterStore, Snapshot } from '../../network/parameters.js';
import { WeightAverage } from '../optimizer/average.js';

/** The operations of the training loop on weights. */
export interface Weights {
  /** Is called when the optimizer has taken a step. */
  stepped(): void;
  /** Puts what is validated in the place of the weights, and the weights back with the next call. */
  swap(): void;
  /** Keeps a copy of the weights as those of the best epoch. */
  keepBest(): Promise<void>;
  /** Gives the model the weights of the best epoch, where there is one. */
  restoreBest(): void;
}

export class TrainedWeights implements Weights {
  readonly average: WeightAverage | undefined;
  /** The weights of the best epoch; absent before the first validation. */
  best: Snapshot | undefined;

  /**
   * @param scope holds the memory of the average
   * @param emaDecay the decay of the moving average that is validated in place of the weights; without one they are
   *   validated themselves
   */
  constructor(
    scope: Allocator,
    readonly parameters: ParameterStore,
    emaDecay?: number,
  ) {
    if (emaDecay) this.average = new WeightAverage(scope, parameters, emaDecay);
  }

  stepped(): void {
    this.average?.update();
  }

  swap(): void {
    this.average?.swap();
  }

  async keepBest(): Promise<void> {
    this.best = await this.parameters.snapshot();
  }

  restoreBest(): void {
    if (this.best) this.parameters.restore(this.best);
  }
}
