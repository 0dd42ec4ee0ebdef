/**
 * The workers of a backend in a browser: threads that each run a program at a time. It is never known here that a thread has
 * ended and writes nothing any more. So one that is lost cannot be replaced: the backend is given up.
 */
import { BackendLostError, GO_ON_WITH_ANOTHER } from '../../../backend/lost.js';
import type { Call } from '../../../backend/wasm/call.js';
import type { StartWorkers, Workers } from '../../../backend/wasm/workers.js';
import { countDown } from '../../../base/countdown.js';
import { onReply, post, type ThreadPool } from './pool.js';
import type { Reply } from './thread.js';

/** The slowest pace of a program; one that is slower counts as hanging. */
const MACS_PER_MS = 1e5;

interface WorkersOptions {
  readonly count: number;
  /** Milliseconds that a program may take beyond those which its multiply-adds explain. Default: 60,000. */
  readonly patience?: number;
}

/** Makes workers of the threads of a pool, which are started by the first programs. */
export function startWorkers(pool: ThreadPool, { count, patience = 60_000 }: WorkersOptions): StartWorkers {
  return (module, memory): Workers => {
    const workers: Worker[] = [];
    const idle: Worker[] = [];
    const queue: ((worker: Worker) => void)[] = [];
    const running = new Set<(error: Error) => void>();
    let begun = 0;
    let end: Error | undefined;

    /** Ends all workers; whoever waits for one gets `error`. */
    function giveUp(error: Error): void {
      end ??= error;
      for (const worker of workers.splice(0)) worker.terminate();
      for (const reject of running) reject(end);
      running.clear();
    }

    function lose(what: string): void {
      giveUp(
        new BackendLostError(
          `a worker ${what}, and as it may still write to the memory of its backend, that is given up`,
          GO_ON_WITH_ANOTHER,
        ),
      );
    }

    async function start(): Promise<Worker> {
      begun++;
      try {
        const worker = await pool.takeOne();
        post(worker, { kind: 'programs', init: { module, memory } });
        workers.push(worker);
        if (end) giveUp(end);
        return worker;
      } catch (error) {
        begun--;
        throw error;
      }
    }

    function free(): Worker | Promise<Worker> {
      const worker = idle.pop();
      if (worker) return worker;
      return begun < count ? start() : new Promise((resolve) => queue.push(resolve));
    }

    function release(worker: Worker): void {
      const next = queue.shift();
      if (next) next(worker);
      else idle.push(worker);
    }

    /** Runs a program in a worker. Where that is lost, `running` is told, and there is no answer. */
    function answerOf(worker: Worker, calls: readonly Call[], macs: number): Promise<Reply> {
      const limit = patience + macs / MACS_PER_MS;
      return new Promise((resolve) => {
        const stop = countDown(limit, () => lose(`did not answer within ${(limit / 1000).toFixed(1)} s`));
        const stopped =
          <T>(action: (value: T) => void) =>
          (value: T) => {
            stop();
            action(value);
          };
        onReply(worker, stopped(resolve), stopped(lose));
        post(worker, { kind: 'program', calls });
      });
    }

    async function run(calls: readonly Call[], macs: number): Promise<void> {
      const worker = await free();
      const reply = await answerOf(worker, calls, macs);
      release(worker);
      if (reply.kind === 'failed') throw new Error(reply.text);
    }

    return {
      count,
      async run(calls, macs) {
        if (end) throw end;
        let giveIn = (_: Error) => {};
        const lost = new Promise<never>((_, reject) => (giveIn = reject));
        running.add(giveIn);
        try {
          await Promise.race([run(calls, macs), lost]);
        } finally {
          running.delete(giveIn);
        }
      },
      close: () => giveUp(new Error('the backend is closed')),
    };
  };
}
