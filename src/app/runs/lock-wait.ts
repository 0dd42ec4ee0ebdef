/** Waiting for a folder that is in use. */
import type { LockWaitOptions } from '../../platform/lock.js';
import type { Observer } from '../observer.js';

/** Makes the options of a wait whose messages go to the observer; `signal` ends it. */
export function lockWait(
  { wait }: { readonly wait?: number | undefined },
  observer: Observer,
  signal: AbortSignal,
): LockWaitOptions {
  return { wait, say: (text) => observer.remark?.({ kind: 'notice', text }), signal };
}
