/** Threads with faults, which the hash of their address names. */
import { type Task, takeTasks } from '../../../src/platform/web/threads/thread.js';

const fault = location.hash.slice(1);
let jobs = 0;

/** What happens instead of a task; true where it is done nevertheless. */
function isDone({ kind }: Task): boolean {
  if (fault === 'hangs' && kind === 'program') for (;;);
  if (fault === 'throws' && kind === 'program') throw new Error('no memory');
  if (kind !== 'job' || ++jobs === 1) return true;
  if (fault === 'ends') close();
  if (fault === 'stops') for (;;);
  return false;
}

if (fault === 'breaks') throw new Error('as it was asked to');
takeTasks({
  postMessage: (message) => postMessage(message),
  addEventListener: (type, listener) =>
    addEventListener(type, (event) => {
      if (isDone((event as MessageEvent<Task>).data)) listener(event);
    }),
});
