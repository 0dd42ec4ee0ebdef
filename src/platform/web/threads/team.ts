/** Teams of threads in a browser. */
import type { TeamOptions, TeamThreads } from '../../../backend/wasm/team/team.js';
import { post, type ThreadPool } from './pool.js';

/** Starts teams with threads of a pool; there is none while the pool has too few that are ready. */
export function startTeams(pool: ThreadPool): TeamOptions['start'] {
  return (inits) => {
    const workers = pool.take(inits.length);
    if (!workers) return undefined;
    for (const [k, worker] of workers.entries()) post(worker, { kind: 'team', init: inits[k]! });
    const threads: TeamThreads = {
      post(job) {
        for (const worker of workers) post(worker, { kind: 'job', job });
      },
      // Events come only when the first thread has ceased to wait.
      hasEnded: () => false,
      end() {
        for (const worker of workers) worker.terminate();
        void pool.fill(workers.length);
      },
    };
    abandoned.register(threads, workers);
    return threads;
  };
}

/** Ends the threads of a team that is no longer referenced. */
const abandoned = new FinalizationRegistry<readonly Worker[]>((workers) => {
  for (const worker of workers) worker.terminate();
});
