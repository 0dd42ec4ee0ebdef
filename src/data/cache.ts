/** Samples are decoded and resized once, and kept as far as memory goes. */
import type { Sample } from './dataset.js';

/** How many bytes of samples are kept in memory by default: 512 MiB. */
export const CACHE_BYTES = 512 * 2 ** 20;

/**
 * Keeps what was produced until `limit` bytes are held; whatever comes after that is produced anew each time. Nothing
 * is ever thrown out: an epoch asks for every sample once, and with that order the usual rule, throw out what was used
 * longest ago, would always throw out what is needed next.
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
