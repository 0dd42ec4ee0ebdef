/**
 * A team of threads that runs one program: each step is cut into shares, and no thread begins the next step before all
 * shares of this one are done. The thread that calls is the first of the team. It alone judges the others: who does not
 * answer in time has failed, and then the team is given up, because what a lost thread still writes nobody knows.
 */
import { type Call, runShare, sharesOf } from './call.js';
import type { Exports } from './kernels.js';
import { TeamWords } from './team-words.js';

/** What the first thread posts to the others before a run. */
export interface Job {
  /** The steps that are shared; left out where they are those of the run before. */
  readonly calls?: readonly Call[];
  /** The phase of the first of them. */
  readonly phase: number;
}

/** What a thread must have to take part. */
export interface Membership {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Of `TeamWords`. */
  readonly words: SharedArrayBuffer;
  /** From 1 on. */
  readonly thread: number;
  readonly threads: number;
}

/** The other threads of a team, as their environment has them. */
export interface Crew {
  /** Sends each a job; it need not wait until they are ready. */
  post(job: Job): void;
  /** Ends them. */
  end(): void;
}

export interface TeamOptions {
  /** All of them, the calling one included. */
  readonly threads: number;
  /** Starts the others: a thread for each membership, that does what `Member` (team-member.ts) says. */
  readonly start: (memberships: readonly Membership[]) => Crew;
  /** Milliseconds that the first thread waits for another, beyond the time that its own work would explain. Default: 10 s. */
  readonly patience?: number;
}

/** How often as long as the first thread another may work on its shares: cores differ, and others use them, too. */
const UNEVEN = 4;

export class Team {
  readonly threads: number;
  readonly #words: TeamWords;
  readonly #options: TeamOptions;
  readonly #memberships: readonly Membership[];
  #crew: Crew | undefined;
  #posted: readonly Call[] | undefined;
  #phase = 0;
  #end: string | undefined;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, options: TeamOptions) {
    const { threads } = options;
    this.threads = threads;
    this.#options = options;
    this.#words = new TeamWords(threads);
    const words = this.#words.buffer;
    this.#memberships = Array.from({ length: threads - 1 }, (_, k) => {
      return { module, memory, words, thread: k + 1, threads };
    });
  }

  /**
   * Does `work`, which calls `share` once for each of `calls`, in this order. The threads are started by the first run.
   * @throws Error where a thread fails or does not answer; the team is closed then
   */
  run(calls: readonly Call[], work: () => void): void {
    if (this.#end !== undefined) throw new Error(this.#end);
    if (calls.length === 0) {
      work();
      return;
    }
    try {
      this.#crew ??= this.#options.start(this.#memberships);
      const phase = (this.#phase + 1) | 0;
      this.#crew.post(calls === this.#posted ? { phase } : { calls, phase });
      this.#posted = calls;
      work();
      // Also from a thread that came too late for every share: one that is gone is an error, not a slow team.
      for (let thread = 1; thread < this.threads; thread++) {
        if (!this.#words.awaitLeft(thread, this.#phase, this.#patience)) throw this.#failure(thread, this.#patience);
      }
    } catch (error) {
      const { message } = error as Error;
      this.close(`the team of threads was given up: ${message}; make a new backend`);
      throw error;
    }
  }

  /** All threads do a call together. */
  share(exports: Exports, call: Call): void {
    const phase = (this.#phase = (this.#phase + 1) | 0);
    const started = performance.now();
    this.#words.open(phase);
    const shares = sharesOf(call, this.threads);
    workOn(this.#words, exports, call, 0, phase);
    const limit = this.#patience + UNEVEN * (performance.now() - started);
    if (!this.#words.awaitDone(shares, limit)) throw this.#failure(this.#words.busy, limit);
  }

  /** Ends the threads; a run is an error from now on, with `reason`. */
  close(reason = 'the backend is closed'): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#words.close();
    this.#crew?.end();
    this.#crew = undefined;
    this.#posted = undefined;
  }

  get #patience(): number {
    return this.#options.patience ?? 10_000;
  }

  #failure(silent: number, limit: number): Error {
    const { fault, text } = this.#words;
    if (fault > 0) return new Error(`thread ${fault} of the team failed: ${text}`);
    const seconds = (limit / 1000).toFixed(limit < 1000 ? 1 : 0);
    return new Error(`thread ${silent} of the team did not answer within ${seconds} s`);
  }
}

/** Takes shares of a call and does them, until none is left. */
export function workOn(words: TeamWords, exports: Exports, call: Call, thread: number, phase: number): void {
  const shares = sharesOf(call, words.threads);
  for (;;) {
    const share = words.take(thread, phase, shares);
    if (share === undefined) return;
    runShare(exports, call, share, shares, thread);
    words.finish();
  }
}
