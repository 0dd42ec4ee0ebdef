/** A thread of a team in Node: takes the jobs that the first thread posts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, ThreadInit } from '../src/backend/wasm/team/team.js';
import { TeamThread } from '../src/backend/wasm/team/team-thread.js';

const thread = new TeamThread(workerData as ThreadInit);
parentPort!.on('message', (job: Job) => thread.take(job));
