/** The other threads of the teams that are measured: such that keep a log, and such that leave all to the first. */
import { Worker } from 'node:worker_threads';
import type { TeamThreads, ThreadInit } from '../../src/backend/wasm/team/team.js';
import { TeamBarrier } from '../../src/backend/wasm/team/team-barrier.js';
import { startTeamThreads } from '../../src/platform/node/threads/team.js';
import type { ChunkLog } from './record.js';

/** Starts threads as the backend does, each with a log. */
export function startRecorded(inits: readonly ThreadInit[], logs: readonly ChunkLog[]): TeamThreads {
  let started = 0;
  return startTeamThreads(inits, ({ workerData, ...options }) => {
    const log = logs[started++]!.buffer;
    return new Worker(new URL('worker.js', import.meta.url), { ...options, workerData: { ...workerData, log } });
  });
}

/**
 * Threads that are not there: the first thread finds every step cut into the chunks of the whole team, and does all of
 * them itself.
 */
export function absentThreads(inits: readonly ThreadInit[]): TeamThreads {
  const barriers = inits.map(({ threads, barrier }) => new TeamBarrier(threads, barrier));
  let steps = 0;
  return {
    // The first thread waits until they are through with the last phase.
    post({ calls, phase }) {
      steps = calls?.length ?? steps;
      inits.forEach(({ thread }, k) => {
        barriers[k]!.leave(thread, (phase + steps - 1) | 0);
      });
    },
    hasEnded: () => false,
    end() {},
  };
}
