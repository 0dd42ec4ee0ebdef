/**
 * What the threads of a team say to each other while a program runs: words in memory of their own, which they wait on
 * with Atomics. Phases are numbered. The first thread starts one by writing its number to GO; every other thread does
 * its part and writes the number to a word of its own. A word for each thread, and not one count of them all, so that
 * the first thread can say who did not answer.
 */

/** Words that different threads write lie in different cache lines. */
const LINE = 16;

/** The phase that may be done. */
export const GO = 0;

/** 0 while all is well, else who has failed: a thread, from 1 on, or the team as a whole. */
export const FAULT = LINE;
export const CLOSED = -1;

/** The last phase that thread `thread`, from 1 on, has done. */
export function doneWord(thread: number): number {
  return (1 + thread) * LINE;
}

/** Bytes for what went wrong in a thread, zeros behind it. */
const TEXT = 1024;

/** A read costs some nanoseconds, sleeping and waking some ten microseconds: as long as that, a thread looks again. */
const LOOKS = 10_000;

export class TeamWords {
  readonly words: Int32Array;
  readonly #text: Uint8Array;

  constructor(
    readonly threads: number,
    readonly buffer = new SharedArrayBuffer(doneWord(threads) * 4 + TEXT),
  ) {
    this.words = new Int32Array(buffer, 0, doneWord(threads));
    this.#text = new Uint8Array(buffer, doneWord(threads) * 4);
  }

  get fault(): number {
    return Atomics.load(this.words, FAULT);
  }

  set(word: number, value: number): void {
    Atomics.store(this.words, word, value);
    Atomics.notify(this.words, word);
  }

  /**
   * Waits until `word` has come to `phase`, or something has failed.
   * @returns whether it has come so far within `patience` milliseconds
   */
  wait(word: number, phase: number, patience: number): boolean {
    for (let look = 0; look < LOOKS; look++) if (this.#reached(word, phase)) return true;
    const deadline = performance.now() + patience;
    for (;;) {
      const value = Atomics.load(this.words, word);
      if (this.fault !== 0) return false;
      if (isSince(value, phase)) return true;
      const rest = deadline - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.words, word, value, rest);
    }
  }

  /** Leaves word of what went wrong in a thread, and wakes the first thread. */
  fail(thread: number, text: string): void {
    this.#text.set(new TextEncoder().encode(text).subarray(0, TEXT - 1));
    this.set(FAULT, thread);
    Atomics.notify(this.words, doneWord(thread));
  }

  /** What `fail` has left. */
  get text(): string {
    // A copy: TextDecoder does not read shared memory everywhere.
    return new TextDecoder().decode(this.#text.slice(0, this.#text.indexOf(0)));
  }

  #reached(word: number, phase: number): boolean {
    return isSince(Atomics.load(this.words, word), phase);
  }
}

/** Whether `value` is `phase` or a later one; numbers begin again after 2^32 phases. */
function isSince(value: number, phase: number): boolean {
  return ((value - phase) | 0) >= 0;
}
