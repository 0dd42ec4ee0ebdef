/** One tab at a time in a folder: a lock that the browser keeps, which goes with its tab or worker, however that ends. */
import { InputError } from '../../../base/errors.js';
import type { Lock, LockWaitOptions } from '../../lock.js';
import { join } from '../files/path-parts.js';

/**
 * Takes the lock of a folder in the storage of this site.
 * @throws InputError where another tab has it, after `wait` seconds if they are given
 */
export async function lockFolder(folder: string, options: LockWaitOptions = {}): Promise<Lock> {
  const { wait = 0, say, signal } = options;
  const name = `unetpp ${join(folder)}`;
  const lock = await request(name, { ifAvailable: true });
  if (lock) return lock;
  if (wait > 0) {
    say?.(`${folder}: open in another tab; waiting up to ${wait} s for it to end`);
    const limit = AbortSignal.timeout(1000 * wait);
    const later = await request(name, { signal: signal ? AbortSignal.any([signal, limit]) : limit }).catch(() => null);
    if (later) return later;
    signal?.throwIfAborted();
  }
  throw new InputError(`${folder}: in use, as it is open in another tab; go on there, or close that tab and try again`);
}

/** Asks the browser for a lock. @returns null where `ifAvailable` is asked for and another has it */
function request(name: string, options: LockOptions): Promise<Lock | null> {
  return new Promise((resolve, reject) => {
    const whole = navigator.locks.request(name, options, (granted) => {
      if (!granted) return resolve(null);
      return new Promise<void>((end) => {
        // It is held until this promise is settled, and nobody can take it away.
        resolve({ assertHeld() {}, release: async () => end() });
      });
    });
    whole.catch(reject);
  });
}
