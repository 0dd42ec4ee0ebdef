/** Loads what is needed next while other work is done. */
import { awaitedLater } from '../../base/promises.js';

/** Loads items 0 to `count - 1` in order, each some turns before it is taken. */
export class Prefetcher<T> {
  readonly #begun: Promise<T>[] = [];
  #next = 0;

  /** @param depth how many items are loaded ahead */
  constructor(
    readonly count: number,
    readonly depth: number,
    readonly load: (k: number) => Promise<T>,
  ) {}

  /** Takes the next item. @throws what `load` throws for it, in its turn */
  take(): Promise<T> {
    while (this.#begun.length <= this.depth && this.#next < this.count) {
      this.#begun.push(awaitedLater(this.load(this.#next++)));
    }
    return this.#begun.shift()!;
  }
}
