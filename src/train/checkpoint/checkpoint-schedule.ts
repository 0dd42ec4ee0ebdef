/** When checkpoints are written within an epoch; the one at its end is always written. */
import type { TrainOptions } from '../options.js';

export class CheckpointSchedule {
  readonly #steps: number;
  readonly #milliseconds: number;
  readonly #now: () => number;
  #written: number;

  /** @param now the time in milliseconds */
  constructor(every: TrainOptions['checkpointEvery'] = {}, now = () => performance.now()) {
    this.#steps = every.steps ?? Infinity;
    this.#milliseconds = (every.minutes ?? Infinity) * 60_000;
    this.#now = now;
    this.#written = now();
  }

  /** Whether one is due after so many steps of an epoch. */
  isDue(steps: number): boolean {
    return steps % this.#steps === 0 || this.#now() - this.#written >= this.#milliseconds;
  }

  /** Says that one is written, from which the minutes are counted anew. */
  written(): void {
    this.#written = this.#now();
  }
}
