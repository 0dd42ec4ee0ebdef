/** The thread that shows that the owner of a lock lives, until it is ended. */
import { workerData } from 'node:worker_threads';
import { BEAT_MS, type Beating, beat } from '../src/platform/node/lock/heartbeat.js';

setInterval(beat, BEAT_MS, workerData as Beating);
