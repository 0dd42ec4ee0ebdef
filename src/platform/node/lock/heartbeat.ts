/**
 * Shows other machines that the owner of a lock lives: a thread touches the file every two seconds, as the first thread
 * may compute for minutes without a break.
 */
import { readFileSync, utimesSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../package-files.js';

export const BEAT_MS = 2000;

export interface Beating {
  readonly path: string;
  /** The id of the lock, which the file contains as long as it is the owner's. */
  readonly id: string;
}

/** Starts the heartbeat, which does not keep the process from ending. @returns a function that ends it */
export function startHeartbeat(beating: Beating): () => void {
  const worker = new Worker(packageFile('workers/heartbeat-worker.js'), { workerData: beating, execArgv: [] });
  let timer: NodeJS.Timeout | undefined;
  // Without a thread, as often as the first one has time for it.
  worker.on('error', () => {
    timer = setInterval(beat, BEAT_MS, beating).unref();
  });
  worker.unref();
  return () => {
    clearInterval(timer);
    void worker.terminate();
  };
}

/** Touches the file, unless it is another's. */
export function beat({ path, id }: Beating): void {
  try {
    const now = new Date();
    if (readFileSync(path, 'utf8').includes(id)) utimesSync(path, now, now);
  } catch {
    // The folder is gone or out of reach; the next write there fails with an error that says why.
  }
}
