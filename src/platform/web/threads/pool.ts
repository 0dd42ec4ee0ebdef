/**
 * A pool of Web Workers. A worker that another worker makes starts only when that one returns to its event loop, which a
 * backend that waits for its team does not do. So threads are started beforehand, and are ready when they have answered.
 */
import { countDown } from '../../../base/countdown.js';
import { newThread, type WebUrls } from '../urls.js';
import type { Reply, Task } from './thread.js';

/** Milliseconds in which a thread has to start: its script is loaded from the server. */
const PATIENCE = 20_000;

export interface PoolOptions {
  readonly urls: WebUrls;
  /** Is told in one line when threads do not start; there are none from then on. */
  readonly warn: (message: string) => void;
  /** Milliseconds in which a thread has to start. Default: 20,000. */
  readonly patience?: number;
}

/** Threads that are ready, and those that are about to be. */
export class ThreadPool {
  readonly #options: PoolOptions;
  readonly #ready: Worker[] = [];
  #starting = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Starts threads until `count` are ready; false, after a warning, where they do not start. */
  async fill(count: number): Promise<boolean> {
    const missing = count - this.#ready.length - this.#starting;
    if (this.#closed || missing <= 0) return !this.#closed;
    this.#starting += missing;
    try {
      await Promise.all(Array.from({ length: missing }, async () => this.#keep(await this.#start())));
      return true;
    } catch (error) {
      if (!this.#closed) this.#options.warn((error as Error).message);
      this.close();
      return false;
    } finally {
      this.#starting -= missing;
    }
  }

  /** Takes `count` threads if so many are ready; else they are started meanwhile. Threads are not given back. */
  take(count: number): Worker[] | undefined {
    if (this.#ready.length >= count) return this.#ready.splice(0, count);
    void this.fill(count);
    return undefined;
  }

  /** Takes a thread, after it has started. @throws Error, with what to do about it, where it does not start */
  async takeOne(): Promise<Worker> {
    return this.#ready.pop() ?? this.#start();
  }

  /** Ends the threads that nobody has taken; there are no others any more. */
  close(): void {
    this.#closed = true;
    for (const worker of this.#ready.splice(0)) worker.terminate();
  }

  #keep(worker: Worker): void {
    if (this.#closed) worker.terminate();
    else this.#ready.push(worker);
  }

  async #start(): Promise<Worker> {
    const { urls, patience = PATIENCE } = this.#options;
    const worker = newThread(urls);
    try {
      await answerOf(worker, patience);
      return worker;
    } catch (error) {
      worker.terminate();
      throw new Error(
        `a thread ${(error as Error).message}; see that the page may load its script, workers/web/thread-worker.js (\`urls\`, and worker-src in a Content-Security-Policy)`,
      );
    }
  }
}

/** Waits until a thread answers. @throws Error that says what it did instead */
async function answerOf(worker: Worker, patience: number): Promise<void> {
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(what));
      stop = countDown(patience, () => fail(`did not start within ${(patience / 1000).toFixed(1)} s`));
      onReply(worker, () => resolve(), fail);
      post(worker, { kind: 'ping' });
    });
  } finally {
    stop();
  }
}

export function post(worker: Worker, task: Task): void {
  worker.postMessage(task);
}

/** Sets who is told of the replies of a thread, and of its failure as a whole, as what it did. */
export function onReply(worker: Worker, onMessage: (reply: Reply) => void, onFailure: (what: string) => void): void {
  worker.onmessage = ({ data }: MessageEvent<Reply>) => onMessage(data);
  worker.onerror = (event) => {
    // It is told: it need not be printed, too.
    event.preventDefault();
    onFailure(event.message ? `failed: ${event.message}` : 'did not start, as its script was not loaded');
  };
}
