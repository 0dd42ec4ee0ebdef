/**
 * A team of threads that runs one program: each step is cut into chunks, and no thread begins the next step before all
 * chunks of this one are done. The thread that calls is the first of the team. It alone judges the others: one that does
 * not answer in time is lost. The first thread then ends the others and continues alone, and the next run has new ones.
 *
 * It is not known what a lost thread still writes, so nothing is done twice before it cannot write any more: either it
 * has no chunk and can take none, or it has ended. A step whose outputs lie apart from its inputs is then simply done
 * again, as kernels overwrite their outputs. One that is done in place, such as an optimizer's, is not: some elements of
 * the lost chunk are the old ones and some the new, and that is an error.
 */

import { BackendLostError, GO_ON_WITH_ANOTHER } from '../../lost.js';
import { type Call, chunksOf, runChunk } from '../call.js';
import type { Exports } from '../kernels/index.js';
import { type Sleep, TeamBarrier } from './team-barrier.js';

/** What the first thread posts to the others before a run. */
export interface Job {
  /** The steps that the team does together; left out where they are those of the run before. */
  readonly calls?: readonly Call[];
  /** The phase of the first step. */
  readonly phase: number;
}

/** What a thread is given when it starts. */
export interface ThreadInit {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The memory of the team's barrier. */
  readonly barrier: SharedArrayBuffer;
  /** Its number in the team: the first thread is 0, the others count from 1 on. */
  readonly thread: number;
  /** How many threads the team has. */
  readonly threads: number;
}

/** The other threads of a team, which the environment provides. */
export interface TeamThreads {
  /** Sends each thread a job; it need not wait until they are ready. */
  post(job: Job): void;
  /** Whether a thread, from 1 on, is known to have ended, for good: false where that cannot be told. */
  hasEnded(thread: number): boolean;
  /** Ends the threads, sooner or later. */
  end(): void;
}

/** How a team is made. */
export interface TeamOptions {
  /** How many threads the team has, the calling one included. */
  readonly threads: number;
  /**
   * Starts the others: for each init a thread that does what `TeamThread` (team-thread.ts) says. Undefined where they are
   * not ready: this run is then done by the first thread alone, and the next one asks again.
   */
  readonly start: (inits: readonly ThreadInit[]) => TeamThreads | undefined;
  /**
   * Milliseconds that the first thread waits for another, beyond the time that its own work would explain; those in which
   * the process was stopped do not count. Default: 10 s.
   */
  readonly patience?: number;
  /** How the first thread sleeps while it waits. Default: `Atomics.wait`. */
  readonly sleep?: Sleep;
  /** Is called when the first thread continues alone for good. */
  readonly warn?: (message: string) => void;
}

/** The default of `TeamOptions.patience`, in milliseconds. */
const PATIENCE = 10_000;

/** By which factor another thread may be slower than the first: cores differ, and other processes use them, too. */
const UNEVEN = 4;

/** The longest time in milliseconds that a thread works on its chunks: one that took longer was stopped meanwhile. */
const LONGEST_WORK = 60_000;

/** After how many losses of threads no others are started. */
const LOSSES = 3;

/** The other threads, from their start to their end. */
interface Assembled {
  readonly threads: TeamThreads;
  readonly barrier: TeamBarrier;
}

/** The first thread's view of its team. */
export class Team {
  readonly threads: number;
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #options: TeamOptions;
  /** Absent before the first run, and while the first thread is alone. */
  #others: Assembled | undefined;
  #posted: readonly Call[] | undefined;
  #phase = 0;
  #losses = 0;
  /** What a run throws from now on. */
  #end: Error | undefined;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, options: TeamOptions) {
    this.threads = options.threads;
    this.#module = module;
    this.#memory = memory;
    this.#options = options;
  }

  /**
   * Runs `work`, which calls `runTogether` once for each of `calls`, in this order. The threads are started by the first
   * run, and by the one after a thread was lost.
   * @throws Error where a thread fails, or is lost in the middle of what cannot be done again; the team is closed then
   */
  run(calls: readonly Call[], work: () => void): void {
    if (this.#end) throw this.#end;
    if (calls.length === 0) {
      work();
      return;
    }
    try {
      if (this.#losses < LOSSES) this.#others ??= this.#assemble();
      this.#others?.threads.post(this.#jobOf(calls));
      work();
      // Also for a thread that came too late for every chunk: a lost one is replaced, and none falls behind by whole runs.
      for (let thread = 1; this.#others && thread < this.threads; thread++) this.#awaitLeft(this.#others, thread);
    } catch (error) {
      this.#close(givenUp(error as Error));
      throw error;
    }
  }

  /** Runs a call on all threads together. */
  runTogether(exports: Exports, call: Call): void {
    if (!this.#others) {
      runChunk(exports, call, 0, 1, 0);
      return;
    }
    const { barrier, threads } = this.#others;
    const phase = (this.#phase = (this.#phase + 1) | 0);
    const started = performance.now();
    barrier.open(phase);
    const chunks = chunksOf(call, this.threads);
    workOn(barrier, exports, call, 0, phase);
    const limit = this.#patience + UNEVEN * Math.min(performance.now() - started, LONGEST_WORK);
    if (barrier.awaitDone(chunks, limit, threads.hasEnded)) return;
    const lost = barrier.busy;
    this.#dismiss(this.#others, lost, limit);
    if (barrier.isDone(chunks)) return;
    if (isInPlace(call)) {
      const halfDone = `thread ${lost} of the team was lost within ${call.op}, which cannot be done again`;
      throw new BackendLostError(halfDone, GO_ON_WITH_ANOTHER);
    }
    runChunk(exports, call, 0, 1, 0);
  }

  /** Ends the threads; a run is an error from now on. */
  close(): void {
    this.#close(new Error('the backend is closed'));
  }

  #close(end: Error): void {
    if (this.#end) return;
    this.#end = end;
    this.#others?.barrier.close();
    this.#others?.threads.end();
    this.#others = undefined;
    this.#posted = undefined;
  }

  get #patience(): number {
    return this.#options.patience ?? PATIENCE;
  }

  #assemble(): Assembled | undefined {
    const barrier = new TeamBarrier(this.threads, undefined, this.#options.sleep);
    const inits = Array.from({ length: this.threads - 1 }, (_, k) => ({
      module: this.#module,
      memory: this.#memory,
      barrier: barrier.buffer,
      thread: k + 1,
      threads: this.threads,
    }));
    // A barrier without a phase yet, and threads that know no calls.
    this.#phase = 0;
    this.#posted = undefined;
    const threads = this.#options.start(inits);
    return threads && { barrier, threads };
  }

  #jobOf(calls: readonly Call[]): Job {
    const phase = (this.#phase + 1) | 0;
    const known = calls === this.#posted;
    this.#posted = calls;
    return known ? { phase } : { calls, phase };
  }

  #awaitLeft(others: Assembled, thread: number): void {
    const { barrier, threads } = others;
    if (!barrier.awaitLeft(thread, this.#phase, this.#patience, threads.hasEnded)) {
      this.#dismiss(others, thread, this.#patience);
    }
  }

  /**
   * Ends the others, one of whom is lost; the first thread is alone then.
   * @throws Error where one has failed, or may still write
   */
  #dismiss({ barrier, threads }: Assembled, lost: number, limit: number): void {
    const { fault, text } = barrier;
    if (fault > 0) throw new Error(`thread ${fault} of the team failed: ${text}`);
    const seconds = (limit / 1000).toFixed(limit < 1000 ? 1 : 0);
    const loss = threads.hasEnded(lost)
      ? `thread ${lost} of the team has ended`
      : `thread ${lost} of the team did not answer within ${seconds} s`;
    // The first thread waits only when all chunks are taken: a thread that is not at work now will never be.
    threads.end();
    for (let thread = 1; thread < this.threads; thread++) {
      if (!barrier.awaitIdle(thread, PATIENCE, threads.hasEnded))
        throw new BackendLostError(`${loss}, and cannot be ended`, GO_ON_WITH_ANOTHER);
    }
    barrier.close();
    this.#others = undefined;
    if (++this.#losses === LOSSES) this.#options.warn?.(`${loss}, the third one lost; continuing with one thread`);
  }
}

/** What a team says that was given up for an error. */
function givenUp(error: Error): Error {
  const line = (why: string) => `the team of threads was given up: ${why}`;
  if (error instanceof BackendLostError) return new BackendLostError(line(error.reason), error.remedy);
  return new Error(`${line(error.message)}; make a new backend`);
}

/** Whether a step overwrites what it reads. */
function isInPlace({ inputs, outputs }: Call): boolean {
  return outputs.some((output) => inputs.includes(output));
}

/** Takes and runs chunks of a call until none is left. */
export function workOn(barrier: TeamBarrier, exports: Exports, call: Call, thread: number, phase: number): void {
  const chunks = chunksOf(call, barrier.threads);
  for (;;) {
    const chunk = barrier.take(thread, phase, chunks);
    if (chunk === undefined) return;
    runChunk(exports, call, chunk, chunks, thread);
    barrier.finish();
  }
}
