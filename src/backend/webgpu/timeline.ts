/**
 * Effects on a device in the order of their calls. They are done at once, but while pipelines are being compiled, they
 * are held back until these are ready. After a failure nothing is done any more, and all who ask are told of it: a
 * device that is lost answers with an error and never with zeros.
 */
export class Timeline {
  /** What is held back, or undefined where effects are done at once. */
  #held: (Promise<unknown> | (() => void))[] | undefined;
  #failure: Error | undefined;

  /** Whether effects are held back now. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  /** @throws Error where the device has failed */
  do(effect: () => void): void {
    if (this.#failure) throw this.#failure;
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
      const answer = () => {
        if (this.#failure) return reject(this.#failure);
        effect().then(
          (value) => (this.#failure ? reject(this.#failure) : resolve(value)),
          (error) => reject(this.#failure ?? error),
        );
      };
      this.finally(answer);
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
    this.#failure ??= failure;
  }

  async #drain(held: (Promise<unknown> | (() => void))[]): Promise<void> {
    for (let next = held.shift(); next; next = held.shift()) {
      try {
        if (next instanceof Promise) await next;
        else next();
      } catch (error) {
        this.fail(error as Error);
      }
    }
    this.#held = undefined;
  }
}
