/** Teams of worker threads: how many, and how they are started and ended. */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Threads } from '../../../backend/names.js';
import type { TeamThreads, ThreadInit } from '../../../backend/wasm/team/team.js';
import { InputError } from '../../../base/errors.js';
import { packageFile } from '../package-files.js';
import { availableCores } from './cores.js';
import { lifeSign } from './life-sign.js';

/** The most threads that 'auto' starts: with more, steps are so short that most of the time is spent waiting. */
const MOST_BY_ITSELF = 16;
const MOST = 256;

/**
 * Returns the number of threads, or of workers as `name` says; 1 where memory cannot be shared.
 * @throws InputError for anything but 'auto' and whole numbers from 1 on
 */
export function teamSize(threads: Threads, name = 'threads'): number {
  if (threads !== 'auto' && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST)) {
    throw new InputError(`${name}: expected 'auto' or a whole number from 1 to ${MOST}, got ${threads}`);
  }
  if (typeof SharedArrayBuffer === 'undefined') return 1;
  return threads === 'auto' ? Math.min(availableCores(), MOST_BY_ITSELF) : threads;
}

/**
 * Starts a thread for each init. They do not keep the process from ending.
 * @param begin starts one, with its data and its flags
 */
export function startTeamThreads(
  inits: readonly ThreadInit[],
  begin: (options: WorkerOptions) => Worker = startThread,
): TeamThreads {
  const signs = inits.map(() => lifeSign());
  const workers = inits.map((init, k) => {
    const { port } = signs[k]!;
    const workerData = { ...init, port };
    // The flags of this process are not theirs: with some (--input-type) no file can be run.
    const worker = begin({ workerData, transferList: [port], execArgv: [] });
    // The thread that waits notices the end itself (team.ts): the event comes too late to be of use.
    worker.on('error', () => {});
    worker.unref();
    return worker;
  });
  const threads: TeamThreads = {
    post(job) {
      for (const worker of workers) worker.postMessage(job);
    },
    hasEnded: (thread) => signs[thread - 1]!.hasEnded(),
    end() {
      for (const worker of workers) void worker.terminate();
    },
  };
  abandoned.register(threads, workers);
  return threads;
}

function startThread(options: WorkerOptions): Worker {
  return new Worker(packageFile('workers/team-worker.js'), options);
}

/** Ends the threads of a team that is no longer referenced. */
const abandoned = new FinalizationRegistry<readonly Worker[]>((workers) => {
  for (const worker of workers) void worker.terminate();
});
