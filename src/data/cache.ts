/** A cache of samples, so that they are decoded and resized once, as far as the memory allows. */
import type { Sample } from './dataset.js';

/** How many bytes of samples are kept in memory by default: 512 MiB. */
export const CACHE_BYTES = 512 * 2 ** 20;

/**
 * Keeps values until `limit` bytes are held; whatever comes after that is made anew each time. Nothing is ever evicted:
 * an epoch reads every sample once, and in that order the usual rule, to evict what was used longest ago, would always
 * evict what is needed next.
 */
export class Cache<T> {
  readonly #held = new Map<string, T>();
  #bytes = 0;

  constructor(
    readonly limit: number,
    readonly bytesOf: (value: T) => number,
  ) {}

  async get(name: string, produce: () => T | Promise<T>): Promise<T> {
    const held = this.#held.get(name);
    if (held !== undefined) return held;
    const value = await produce();
    const bytes = this.bytesOf(value);
    if (this.#bytes + bytes <= this.limit && !this.#held.has(name)) {
      this.#held.set(name, value);
      this.#bytes += bytes;
    }
    return value;
  }
}

/** A cache of samples; `limit` is in bytes. */
export function sampleCache(limit = CACHE_BYTES): Cache<Sample> {
  return new Cache(limit, ({ image, mask }) => image.data.byteLength + mask.data.byteLength);
}
