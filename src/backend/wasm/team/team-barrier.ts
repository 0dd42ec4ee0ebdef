/**
 * The barrier that keeps the threads of a team together while a program runs: words in memory of their own, which they
 * wait on with Atomics. The steps are counted as phases, without end. The chunks of a phase are taken one by one by any
 * thread that is free, so that a thread whose core is busy elsewhere, or slower, delays the others as little as possible.
 */

/** Words that different threads write lie in different cache lines. */
const LINE = 16;

/** The phase that is open. */
const GO = 0;
/** Its next chunk that nobody has taken, behind the lower half of its number. */
const NEXT = LINE;
/** How many of its chunks are done. */
const DONE = 2 * LINE;
/** 0 while all is well, else who has failed: a thread, from 1 on, or the team as a whole. */
const FAULT = 3 * LINE;
const CLOSED = -1;
/** Each thread has two words: whether it is at work on a chunk, and the last phase that it is through with. */
const THREADS = 4 * LINE;
const AT_WORK = 0;
const THROUGH = 1;

/** Bytes for what went wrong in a thread, zeros behind it. */
const TEXT = 1024;

/** How often a thread polls before it sleeps: for some ten microseconds, about as long as sleep and waking take. */
const LOOKS = 10_000;

/**
 * Milliseconds of sleep after which a thread checks for faults. Patience is counted in such naps and not by a clock:
 * while the process is stopped (Ctrl-Z, a suspended job, a paused machine) no thread can answer, and however long that
 * takes, it is one nap of the thread that waits.
 */
const NAP = 100;

/** A function that sleeps as `Atomics.wait` does. */
export type Sleep = (words: Int32Array, word: number, value: number, ms: number) => 'ok' | 'not-equal' | 'timed-out';

/** Returns whether a thread is known to have ended. */
export type HasEnded = (thread: number) => boolean;

/** The words of one team, seen by one of its threads. */
export class TeamBarrier {
  readonly #words: Int32Array;
  readonly #text: Uint8Array;

  constructor(
    readonly threads: number,
    readonly buffer = new SharedArrayBuffer(4 * (THREADS + threads * LINE) + TEXT),
    /** How its waits sleep. */
    readonly sleep: Sleep = Atomics.wait,
  ) {
    const count = THREADS + threads * LINE;
    this.#words = new Int32Array(buffer, 0, count);
    this.#text = new Uint8Array(buffer, 4 * count);
  }

  /** The first thread opens a phase: what was done in the last one is forgotten, and chunks of this one can be taken. */
  open(phase: number): void {
    Atomics.store(this.#words, DONE, 0);
    Atomics.store(this.#words, NEXT, phase << 16);
    this.#tell(GO, phase);
  }

  /** Waits until a phase, or a later one, is open; false where the team has come to an end. */
  awaitOpen(phase: number): boolean {
    while (!this.#wait(GO, (value) => isSince(value, phase), NAP)) if (this.fault !== 0) return false;
    return true;
  }

  /** The next chunk of `chunks` for `thread`, or undefined where all are taken or the phase is over. */
  take(thread: number, phase: number, chunks: number): number | undefined {
    Atomics.store(this.#words, this.#wordOf(thread, AT_WORK), 1);
    for (;;) {
      const next = Atomics.load(this.#words, NEXT);
      const chunk = next & 0xffff;
      if (((next ^ (phase << 16)) & ~0xffff) !== 0 || chunk >= chunks) break;
      if (Atomics.compareExchange(this.#words, NEXT, next, next + 1) === next) return chunk;
    }
    Atomics.store(this.#words, this.#wordOf(thread, AT_WORK), 0);
    return undefined;
  }

  /** Marks a chunk as done. */
  finish(): void {
    Atomics.add(this.#words, DONE, 1);
    Atomics.notify(this.#words, DONE);
  }

  /**
   * Waits until all chunks of the phase are done; false where something fails, or `patience` milliseconds of silence are
   * over.
   * @param hasEnded whether a thread answers no more
   */
  awaitDone(chunks: number, patience: number, hasEnded: HasEnded): boolean {
    const isHopeless = () => this.#others.some((thread) => this.isAtWork(thread) && hasEnded(thread));
    return this.#wait(DONE, (value) => value === chunks, patience, isHopeless);
  }

  /** Whether all chunks of the phase are done. */
  isDone(chunks: number): boolean {
    return Atomics.load(this.#words, DONE) === chunks;
  }

  /** Whether a thread has taken a chunk which may not be done, or is about to take one. */
  isAtWork(thread: number): boolean {
    return Atomics.load(this.#words, this.#wordOf(thread, AT_WORK)) !== 0;
  }

  /** Waits until a thread is not at work, or has ended; false where it is neither after `patience`. */
  awaitIdle(thread: number, patience: number, hasEnded: HasEnded): boolean {
    const word = this.#wordOf(thread, AT_WORK);
    return (
      this.#wait(
        word,
        (value) => value === 0,
        patience,
        () => hasEnded(thread),
      ) || hasEnded(thread)
    );
  }

  /** Marks `thread` as through with a phase. */
  leave(thread: number, phase: number): void {
    this.#tell(this.#wordOf(thread, THROUGH), phase);
  }

  /** Waits until a thread is through with a phase; false where it has ended, or is silent for `patience`. */
  awaitLeft(thread: number, phase: number, patience: number, hasEnded: HasEnded): boolean {
    const word = this.#wordOf(thread, THROUGH);
    return this.#wait(
      word,
      (value) => isSince(value, phase),
      patience,
      () => hasEnded(thread),
    );
  }

  /** A thread, from 1 on, that has taken a chunk which is not done. */
  get busy(): number {
    return this.#others.find((thread) => this.isAtWork(thread)) ?? this.threads - 1;
  }

  get #others(): readonly number[] {
    return Array.from({ length: this.threads - 1 }, (_, k) => k + 1);
  }

  /** 0 while all is well, the number of a thread that has failed, or a negative number where the team has ended. */
  get fault(): number {
    return Atomics.load(this.#words, FAULT);
  }

  /** What went wrong in the thread that is `fault`. */
  get text(): string {
    // A copy: TextDecoder does not read shared memory everywhere.
    return new TextDecoder().decode(this.#text.slice(0, this.#text.indexOf(0)));
  }

  /** Records what went wrong in a thread, and wakes the first. */
  fail(thread: number, text: string): void {
    this.#text.set(new TextEncoder().encode(text).subarray(0, TEXT - 1));
    this.#tell(FAULT, thread);
    for (const word of [DONE, this.#wordOf(thread, THROUGH)]) Atomics.notify(this.#words, word);
  }

  /** Ends the team for the threads that wait for a phase. */
  close(): void {
    this.#tell(FAULT, CLOSED);
    Atomics.notify(this.#words, GO);
  }

  #wordOf(thread: number, word: number): number {
    return THREADS + thread * LINE + word;
  }

  #tell(word: number, value: number): void {
    Atomics.store(this.#words, word, value);
    Atomics.notify(this.#words, word);
  }

  /** Waits for a value that suffices; false after a fault, where it is hopeless, or when `patience` is over. */
  #wait(word: number, suffices: (value: number) => boolean, patience: number, isHopeless = () => false): boolean {
    for (let look = 0; look < LOOKS; look++) if (suffices(Atomics.load(this.#words, word))) return true;
    for (let slept = 0; slept < patience && this.fault === 0; ) {
      const value = Atomics.load(this.#words, word);
      if (suffices(value)) return true;
      // No longer than a nap: a fault that comes between the check above and the sleep wakes nobody.
      const nap = Math.min(NAP, patience - slept);
      if (this.sleep(this.#words, word, value, nap) !== 'timed-out') continue;
      if (isHopeless()) break;
      slept += nap;
    }
    return suffices(Atomics.load(this.#words, word));
  }
}

/** Whether `value` is `phase` or a later one; numbers begin again after 2^32 phases. */
function isSince(value: number, phase: number): boolean {
  return ((value - phase) | 0) >= 0;
}
