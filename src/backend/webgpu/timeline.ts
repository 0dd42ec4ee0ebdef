/**
 * Effects on a device in the order of their calls. They are done at once, but while pipelines are being compiled, they
 * are held back until these are ready. After a failure nothing is done any more, and all who ask, or have asked and wait,
 * are told of it: a device that is lost answers with an error and never with zeros.
 */
import { nextTurn } from '../../base/event-loop.js';

export class Timeline {
  /** What is held back, or undefined where effects are done at once. */
  #held: (Promise<unknown> | (() => void))[] | undefined;
  #failure: Error | undefined;
  /** How those are told of a failure who wait for an answer. */
  readonly #waiting = new Set<(failure: Error) => void>();

  /** Whether effects are held back now. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** @throws Error where the device has failed */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** @throws Error where the device has failed */
  do(effect: () => void): void {
    this.check();
    this.finally(() => {
      if (!this.#failure) effect();
    });
  }

  /** Does an effect in its turn, after a failure, too. */
  finally(effect: () => void): void {
    if (this.#held) this.#held.push(effect);
    else effect();
  }

  /** Does an effect that has an answer, or rejects where the device has failed or fails before it has answered. */
  ask<T>(effect: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.add(reject);
      const answered = () => this.#waiting.delete(reject);
      const refused = async (error: unknown) => {
        // What fails with a device may be told a moment before the loss, which is then the error.
        await nextTurn();
        if (answered()) reject(error);
      };
      const answer = (value: T) => {
        answered();
        resolve(value);
      };
      this.finally(() => {
        if (!this.#failure) effect().then(answer, refused);
      });
    });
  }

  /** Holds back all that follows until `ready`, whose rejection is a failure. */
  waitFor(ready: Promise<unknown>): void {
    if (this.#held) {
      this.#held.push(ready);
      return;
    }
    this.#held = [ready];
    void this.#drain(this.#held);
  }

  /** Ends it all; the first failure counts. */
  fail(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    for (const reject of this.#waiting) reject(failure);
    this.#waiting.clear();
  }

  async #drain(held: (Promise<unknown> | (() => void))[]): Promise<void> {
    for (let next = held.shift(); next; next = held.shift()) {
      try {
        if (next instanceof Promise) await next;
        else next();
      } catch (error) {
        // See `ask`.
        await nextTurn();
        this.fail(error as Error);
      }
    }
    this.#held = undefined;
  }
}
