/** Teams of worker threads: how they are started and ended. */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { TeamThreads, ThreadInit } from '../../../backend/wasm/team/team.js';
import { packageFile } from '../package-files.js';
import { lifeSign } from './life-sign.js';

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
