/** A thread of a team other than the first: it does its part of each shared step when the first says so. */
import { instantiateSync } from '@assemblyscript/loader';
import { type Call, runPart } from './call.js';
import type { Exports } from './kernels.js';
import type { Job, Membership } from './team.js';
import { doneWord, GO, TeamWords } from './team-words.js';

/** Milliseconds of sleep after which a member looks whether the team still exists. */
const NAP = 1000;

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
    const { thread, threads } = this.#membership;
    for (const call of calls) {
      // Nobody but the first thread judges: the others wait for its word as long as the team exists.
      while (!this.#words.wait(GO, phase, NAP)) if (this.#words.fault !== 0) return;
      try {
        runPart(this.#exports, call, thread, threads);
      } catch (error) {
        this.#words.fail(thread, String(error));
        return;
      }
      this.#words.set(doneWord(thread), phase);
      phase = (phase + 1) | 0;
    }
  }
}
