/**
 * Shows other machines that the owner of a lock lives: the file is touched every two seconds. A thread of its own does it,
 * as the first one may compute for minutes without a break.
 */
import { readFileSync, utimesSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

export const BEAT_MS = 2000;

export interface Beating {
  readonly path: string;
  /** Stands in the file as long as it is the owner's. */
  readonly id: string;
}

const SCRIPT = new URL('../../../../workers/heartbeat-worker.js', import.meta.url);

/** Keeps no process from ending. @returns what ends it */
export function startHeartbeat(beating: Beating): () => void {
  const worker = new Worker(SCRIPT, { workerData: beating, execArgv: [] });
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
    // The folder is gone or out of reach; whoever writes there next is told why.
  }
}
