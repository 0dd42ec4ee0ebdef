/** `--log`: work whose observer is watched. */
import type { TrainingObserver } from '../../app/training/train-in-folder.js';
import type { LogTarget } from '../../app/watch/log-targets.js';

/** Does `work` with an observer that tells the watchers, too. Without any, nothing of them is loaded. */
export async function whileWatched<T extends TrainingObserver, R>(
  observer: T,
  log: readonly LogTarget[] | undefined,
  work: (observer: T) => Promise<R>,
): Promise<R> {
  if (!log) return work(observer);
  const { watched } = await import('../../app/watch/watch.js');
  const { observer: around, close } = watched(observer, log, process.env);
  try {
    return await work(around);
  } finally {
    await close();
  }
}
