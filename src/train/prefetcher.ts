/** Loads what is needed next while other work is done. */

/** `load(0)`, `load(1)`, … of `count`, in order, each begun some places before its turn. */
export class Prefetcher<T> {
  readonly #begun: Promise<T>[] = [];
  #next = 0;

  /** @param depth how many are loaded beforehand */
  constructor(
    readonly count: number,
    readonly depth: number,
    readonly load: (k: number) => Promise<T>,
  ) {}

  /** The next one. @throws what `load` throws for it, in its turn */
  take(): Promise<T> {
    while (this.#begun.length <= this.depth && this.#next < this.count) {
      const loading = this.load(this.#next++);
      // Its turn may never come, where another one fails before.
      loading.catch(() => {});
      this.#begun.push(loading);
    }
    return this.#begun.shift()!;
  }
}
