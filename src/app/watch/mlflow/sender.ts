/** What is to be told to a server that may be away: a bounded queue, emptied in the background. */
import { RequestError } from './client.js';

/** The time limits in milliseconds, and the bound of the queue. */
export interface Limits {
  /** For an answer. */
  readonly request: number;
  /** The first pause after a failure; each further one is twice as long, up to `longestPause`. */
  readonly pause: number;
  readonly longestPause: number;
  /** For what is left at the end of the training. */
  readonly end: number;
  /** How many values are kept for a server that is away; older ones are dropped. */
  readonly queue: number;
}

export const LIMITS: Limits = { request: 10_000, pause: 1_000, longestPause: 60_000, end: 60_000, queue: 20_000 };

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** MLflow takes no more in one request. */
const BATCH = 1000;
/** How long values are gathered before they are sent. */
const GATHER_MS = 1_000;

export class Sender {
  readonly #limits: Limits;
  readonly #ready: (signal: AbortSignal) => Promise<void>;
  readonly #send: (metrics: readonly Metric[], signal: AbortSignal) => Promise<void>;
  readonly #say: (line: string) => void;
  readonly #ended = new AbortController();
  readonly #queue: Metric[] = [];
  #working: Promise<void> | undefined;
  #finishing = false;
  #wake = () => {};
  #told = false;
  /** Why the last failure was one, and why the run could not be prepared at all. */
  #reason: string | undefined;
  #refused: string | undefined;
  /** How many values were dropped or refused. */
  lost = 0;

  /**
   * @param ready prepares the run on the server; it is called until it has succeeded once
   * @param send delivers values
   * @param say tells that the server is away, once
   */
  constructor(
    limits: Limits,
    ready: (signal: AbortSignal) => Promise<void>,
    send: (metrics: readonly Metric[], signal: AbortSignal) => Promise<void>,
    say: (line: string) => void,
  ) {
    this.#limits = limits;
    this.#ready = ready;
    this.#send = send;
    this.#say = say;
  }

  /** How many values are not delivered. */
  get waiting(): number {
    return this.#queue.length;
  }

  add(metrics: readonly Metric[]): void {
    this.#queue.push(...metrics);
    const excess = this.#queue.length - this.#limits.queue;
    if (excess > 0) {
      this.#queue.splice(0, excess);
      this.lost += excess;
    }
    this.#working ??= this.#work();
  }

  /**
   * Delivers what is left, then does `last`, all within the time for the end.
   * @returns whether the server could be told everything, else why not
   */
  async finish(last: (signal: AbortSignal) => Promise<void>): Promise<string | undefined> {
    const timer = setTimeout(() => this.close(), this.#limits.end);
    this.#finishing = true;
    this.#wake();
    try {
      this.#working ??= this.#work();
      await this.#working;
      const reason = this.#refused ?? (await this.#attempt(last));
      return this.lost > 0 ? (reason ?? this.#reason ?? 'the server was away for too long') : reason;
    } finally {
      clearTimeout(timer);
      this.#ended.abort();
    }
  }

  /** Gives up what is left. */
  close(): void {
    this.#ended.abort();
    this.#wake();
  }

  async #work(): Promise<void> {
    this.#refused = await this.#attempt(this.#ready);
    if (this.#refused !== undefined) return;
    while (!this.#ended.signal.aborted) {
      if (this.#queue.length === 0 && this.#finishing) return;
      if (!this.#finishing) await this.#sleep(Math.min(GATHER_MS, this.#limits.longestPause));
      const batch = this.#queue.slice(0, BATCH);
      if (batch.length === 0) continue;
      const failed = await this.#attempt((signal) => this.#send(batch, signal));
      if (this.#ended.signal.aborted && failed !== undefined) return;
      if (failed !== undefined) this.lost += batch.length;
      const delivered = new Set(batch);
      this.#queue.splice(0, this.#queue.findIndex((metric) => !delivered.has(metric)) >>> 0);
    }
  }

  /** Does something until it succeeds, is refused for good, or the time is over. @returns why it failed */
  async #attempt(action: (signal: AbortSignal) => Promise<void>): Promise<string | undefined> {
    const { signal } = this.#ended;
    for (let pause = this.#limits.pause; !signal.aborted; pause = Math.min(2 * pause, this.#limits.longestPause)) {
      try {
        await action(signal);
        return undefined;
      } catch (error) {
        if (signal.aborted) break;
        this.#reason = (error as Error).message;
        const isFinal = error instanceof RequestError && error.isFinal;
        this.#tell(`${this.#reason}; the training goes on${isFinal ? '' : ', and it is tried again'}`);
        if (isFinal) return this.#reason;
      }
      await this.#sleep(this.#finishing ? this.#limits.pause : pause);
    }
    return this.#reason ?? 'no answer in time';
  }

  #tell(line: string): void {
    if (!this.#told) this.#say(line);
    this.#told = true;
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
      if (this.#ended.signal.aborted) this.#wake();
    });
  }
}
