/** A thread of a team as in workers/team-worker.ts, which also writes down when it does its chunks. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, ThreadInit } from '../../src/backend/wasm/team/team.js';
import { TeamThread } from '../../src/backend/wasm/team/team-thread.js';
import { watchKernels } from '../watch.js';
import { ChunkLog, now } from './record.js';

/** What `startRecorded` gives it. */
export interface RecordedInit extends ThreadInit {
  /** The memory of its log. */
  readonly log: SharedArrayBuffer;
}

const { log: buffer, ...init } = workerData as RecordedInit;
const log = new ChunkLog(buffer);
watchKernels((run) => (exports, call) => {
  const begin = now();
  run(exports, call);
  log.add(begin, now());
});
const thread = new TeamThread(init);
parentPort!.on('message', (job: Job) => thread.take(job));
