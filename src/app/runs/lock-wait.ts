/** How a folder in use is waited for. */
import type { LockWaitOptions } from '../../platform/node/lock/lock-wait.js';
import type { Observer } from '../observer.js';

/** The observer is told what is waited for; `signal` ends it. */
export function lockWait(
  { wait }: { readonly wait?: number | undefined },
  observer: Observer,
  signal: AbortSignal,
): LockWaitOptions {
  return { wait, say: (text) => observer.remark?.({ kind: 'notice', text }), signal };
}
