/** Ranks within one process: links whose messages are handed over in memory. */
import type { Link } from '../../../src/base/ranks/link.js';

/** Messages and receivers that wait for each other, in order, by sender, receiver and tag. */
class Exchange {
  readonly #sent = new Map<string, Uint8Array[]>();
  readonly #waiting = new Map<string, ((bytes: Uint8Array) => void)[]>();

  send(key: string, bytes: Uint8Array): void {
    const receiver = this.#waiting.get(key)?.shift();
    if (receiver) receiver(bytes);
    else this.#sent.set(key, [...(this.#sent.get(key) ?? []), bytes]);
  }

  receive(key: string): Promise<Uint8Array> {
    const bytes = this.#sent.get(key)?.shift();
    if (bytes) return Promise.resolve(bytes);
    return new Promise((resolve) => this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]));
  }
}

/** Makes the links of so many ranks. A message must have the length that its receiver expects. */
export function memoryLinks(size: number): Link[] {
  const exchange = new Exchange();
  return Array.from({ length: size }, (_, rank) => {
    let sentBytes = 0;
    return {
      rank,
      size,
      get sentBytes() {
        return sentBytes;
      },
      send(to, tag, bytes) {
        sentBytes += bytes.length;
        exchange.send(`${rank} ${to} ${tag}`, bytes.slice());
      },
      async receive(from, tag, into) {
        const bytes = await exchange.receive(`${from} ${rank} ${tag}`);
        if (bytes.length !== into.length) throw new Error(`${bytes.length} bytes for ${into.length}`);
        into.set(bytes);
      },
      abort: (code) => {
        throw new Error(`rank ${rank} aborts with ${code}`);
      },
      close: async () => {},
    } satisfies Link;
  });
}
