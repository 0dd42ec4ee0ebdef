/** A thread of a team other than the first: it does chunks of each step when the first says so. */
import { instantiateSync } from '@assemblyscript/loader';
import type { Call } from './call.js';
import type { Exports } from './kernels.js';
import { type Job, type Membership, workOn } from './team.js';
import { TeamWords } from './team-words.js';

export class Member {
  readonly #membership: Membership;
  readonly #words: TeamWords;
  readonly #exports: Exports;
  #calls: readonly Call[] = [];

  constructor(membership: Membership) {
    const { module, memory, words, threads } = membership;
    this.#membership = membership;
    this.#words = new TeamWords(threads, words);
    const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
    this.#exports = exports as unknown as Exports;
  }

  /** Takes part in a run; returns when it is over or the team is no more. */
  take({ calls = this.#calls, phase }: Job): void {
    this.#calls = calls;
    const { thread } = this.#membership;
    for (const call of calls) {
      // Nobody but the first thread judges: the others wait for its word as long as the team exists.
      if (!this.#words.awaitOpen(phase)) return;
      try {
        workOn(this.#words, this.#exports, call, thread, phase);
      } catch (error) {
        this.#words.fail(thread, `${call.op}: ${error}`);
        return;
      }
      phase = (phase + 1) | 0;
    }
    this.#words.leave(thread, (phase - 1) | 0);
  }
}
