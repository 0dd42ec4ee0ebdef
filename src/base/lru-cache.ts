/** A cache of a fixed number of values. */

/** Keeps `capacity` values; the least recently used one goes first. */
export class LruCache<V> {
  /** A map keeps the order of insertion, and a value that is used is inserted anew: the oldest comes first. */
  readonly #values = new Map<string, V>();

  /** @param dispose is called with each value that is evicted */
  constructor(
    readonly capacity: number,
    readonly dispose: (value: V) => void = () => {},
  ) {}

  /** Returns the value kept under `key`, or else the one that `make` returns, which is kept from now on. */
  get(key: string, make: () => V): V {
    const value = this.#values.has(key) ? this.#values.get(key)! : make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.capacity) {
      const [oldest, unused] = this.#values.entries().next().value!;
      this.#values.delete(oldest);
      this.dispose(unused);
    }
    return value;
  }

  clear(): void {
    for (const value of this.#values.values()) this.dispose(value);
    this.#values.clear();
  }
}
