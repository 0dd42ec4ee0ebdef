/** A thread of a team in Node: takes the jobs that the first thread posts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, Membership } from '../src/backend/wasm/team.js';
import { Member } from '../src/backend/wasm/team-member.js';

const member = new Member(workerData as Membership);
parentPort!.on('message', (job: Job) => member.take(job));
