/** A worker, or a page, that computes with the backends of `unetpp/web`. */
import { createWebBackend, type WebBackendOptions } from '../../../src/web.js';
import { answer } from './answer.js';
import { probabilities, trainedWeights } from './small-work.js';

/** What came of some work: its result or its error, the threads of the backend, and what was warned of. */
export interface Outcome<T> {
  readonly result?: T;
  readonly error?: string;
  readonly threads: number;
  readonly workers: number;
  readonly warnings: readonly string[];
}

/** The scripts of threads as tests serve them. */
const urls = { thread: '/thread.js' };

async function on<T>(
  options: WebBackendOptions,
  work: (backend: Awaited<ReturnType<typeof createWebBackend>>, warnings: string[]) => Promise<T>,
): Promise<Outcome<T>> {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const backend = await createWebBackend({ warn, ...options, urls: { ...urls, ...options.urls } });
  const { threads, concurrentPrograms: workers } = backend;
  try {
    return { result: await work(backend, warnings), threads, workers, warnings };
  } catch (error) {
    return { error: String(error), threads, workers, warnings };
  } finally {
    backend.close();
  }
}

export const methods = {
  probabilities: (options: WebBackendOptions, times?: number) =>
    on(options, (backend) => probabilities(backend, times)),
  trained: (options: WebBackendOptions) => on(options, trainedWeights),
  /** Predicts until there is a warning; the distinct results. */
  untilWarned: (options: WebBackendOptions) =>
    on(options, async (backend, warnings) => {
      const results = new Set<string>();
      for (let k = 0; k < 200 && warnings.length === 0; k++) {
        results.add(JSON.stringify(await probabilities(backend)));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return [...results];
    }),
};

if (!('document' in globalThis)) answer(methods);
