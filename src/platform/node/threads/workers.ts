/** The workers of a backend in Node: a pool of threads, kept by piscina. A thread that is lost is replaced. */
import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { StartWorkers, Workers } from '../../../backend/wasm/workers.js';
import { countDown } from '../../../base/countdown.js';
import { packageFile } from '../package-files.js';

/** The slowest pace of a program; one that is slower counts as hanging. */
const MACS_PER_MS = 1e5;

interface WorkersOptions {
  readonly count: number;
  /**
   * Milliseconds that a program may take beyond those which its multiply-adds explain; those in which the process was
   * stopped do not count. Default: 60,000.
   */
  readonly patience?: number;
}

/** Makes the pool. Its threads are started by the first run, and do not keep the process from ending. */
export function startWorkers({ count, patience = 60_000 }: WorkersOptions): StartWorkers {
  return (module, memory): Workers => {
    const filename = packageFile('workers/program-worker.js').href;
    const running = new Set<AbortController>();
    let pool: Piscina | undefined;

    function start(): Piscina {
      const threads = { minThreads: count, maxThreads: count, idleTimeout: Number.POSITIVE_INFINITY };
      // The flags of this process are not theirs: with some (--input-type) no file can be run.
      const started = new (loadPiscina())({ filename, ...threads, workerData: { module, memory }, execArgv: [] });
      // An idle thread that fails has been replaced by then.
      started.on('error', () => {});
      started.on('workerDestroy', () => setImmediate(() => giveUpBroken(started)));
      return started;
    }

    /** Closes a pool in which a thread ended before it was ready: its programs would wait for that one for ever. */
    function giveUpBroken(started: Piscina): void {
      if (pool !== started || started.threads.length >= count) return;
      pool = undefined;
      for (const controller of running) controller.abort('a thread ended before it was ready');
      void started.destroy();
    }

    return {
      count,
      async run(calls, macs) {
        pool ??= start();
        const used = pool;
        const limit = patience + macs / MACS_PER_MS;
        const controller = new AbortController();
        const stop = countDown(limit, () => controller.abort(`no answer within ${(limit / 1000).toFixed(1)} s`));
        const before: readonly Worker[] = used.threads;
        running.add(controller);
        try {
          await used.run(calls, { signal: controller.signal });
        } catch (error) {
          const living = new Set(used.threads);
          // Only when it has ended does it write nothing any more.
          await Promise.all(before.filter((worker) => !living.has(worker)).map((worker) => worker.terminate()));
          throw controller.signal.aborted ? new Error(String(controller.signal.reason)) : error;
        } finally {
          running.delete(controller);
          stop();
        }
      },
      close() {
        void pool?.destroy();
        pool = undefined;
      },
    };
  };
}

/** Loads piscina from the installed packages, in a bundle too, as it starts its threads from a file of its own. */
function loadPiscina(): typeof Piscina {
  return createRequire(packageFile('workers/'))('piscina').Piscina;
}
