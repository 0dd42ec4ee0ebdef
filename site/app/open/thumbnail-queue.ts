/**
 * Thumbnails of many images, of which only those in view are made: a few at a time, those asked for last first, and the
 * last hundreds are kept.
 */

export interface QueueOptions {
  /** How many are made at a time. Default: 2. */
  readonly atOnce?: number;
  /** How many are kept. Default: 300. */
  readonly kept?: number;
}

interface Waiting<T> {
  readonly name: string;
  readonly resolve: (thumbnail: T) => void;
  readonly reject: (error: unknown) => void;
}

export class ThumbnailQueue<T> {
  readonly #make: (name: string) => Promise<T>;
  readonly #atOnce: number;
  readonly #kept: number;
  /** By name, those used last at the end. */
  readonly #made = new Map<string, Promise<T>>();
  readonly #waiting: Waiting<T>[] = [];
  #running = 0;

  constructor(make: (name: string) => Promise<T>, { atOnce = 2, kept = 300 }: QueueOptions = {}) {
    this.#make = make;
    this.#atOnce = atOnce;
    this.#kept = kept;
  }

  /** The thumbnail of an image. Whoever does not wait for it any more says so by `forget`. */
  ask(name: string): Promise<T> {
    const made = this.#made.get(name);
    const promise =
      made ??
      new Promise<T>((resolve, reject) => {
        this.#waiting.push({ name, resolve, reject });
      });
    this.#made.delete(name);
    this.#made.set(name, promise);
    for (const old of this.#made.keys()) {
      if (this.#made.size <= this.#kept) break;
      this.#made.delete(old);
    }
    if (!made) this.#next();
    return promise;
  }

  /** Takes an image out of the queue that has not been begun; its promise is never settled. */
  forget(name: string): void {
    const at = this.#waiting.findIndex((waiting) => waiting.name === name);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#made.delete(name);
  }

  #next(): void {
    if (this.#running >= this.#atOnce) return;
    const next = this.#waiting.pop();
    if (!next) return;
    this.#running++;
    this.#make(next.name)
      .then(next.resolve, next.reject)
      .finally(() => {
        this.#running--;
        this.#next();
      });
  }
}
