/** A thread of a team other than the first: it does chunks of each step when the first opens it. */
import { instantiateSync } from '@assemblyscript/loader';
import type { Call } from '../call.js';
import type { Exports } from '../kernels/index.js';
import { type Job, type ThreadInit, workOn } from './team.js';
import { TeamBarrier } from './team-barrier.js';

/** An instance of the kernels on the team's memory, and the calls of the program that runs. */
export class TeamThread {
  readonly #init: ThreadInit;
  readonly #barrier: TeamBarrier;
  readonly #exports: Exports;
  #calls: readonly Call[] = [];

  constructor(init: ThreadInit) {
    const { module, memory, barrier, threads } = init;
    this.#init = init;
    this.#barrier = new TeamBarrier(threads, barrier);
    const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
    this.#exports = exports as unknown as Exports;
  }

  /** Takes part in a run; returns when it is over or the team is no more. */
  take({ calls = this.#calls, phase }: Job): void {
    this.#calls = calls;
    const { thread } = this.#init;
    for (const call of calls) {
      // Only the first thread judges: the others wait for it as long as the team exists.
      if (!this.#barrier.awaitOpen(phase)) return;
      try {
        workOn(this.#barrier, this.#exports, call, thread, phase);
      } catch (error) {
        this.#barrier.fail(thread, `${call.op}: ${error}`);
        return;
      }
      phase = (phase + 1) | 0;
    }
    this.#barrier.leave(thread, (phase - 1) | 0);
  }
}
