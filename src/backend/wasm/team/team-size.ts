/** How many threads a team has. */
import { InputError } from '../../../base/errors.js';
import type { Threads } from '../../names.js';

/** The most threads that 'auto' starts: with more, steps are so short that most of the time is spent waiting. */
const MOST_BY_ITSELF = 16;
const MOST = 256;

/**
 * Returns the number of threads, or of workers as `name` says; 1 where memory cannot be shared.
 * @param cores counts the cores that may be used
 * @throws InputError for anything but 'auto' and whole numbers from 1 on
 */
export function teamSize(threads: Threads, name: string, cores: () => number): number {
  if (threads !== 'auto' && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST)) {
    throw new InputError(`${name}: expected 'auto' or a whole number from 1 to ${MOST}, got ${threads}`);
  }
  if (typeof SharedArrayBuffer === 'undefined') return 1;
  return threads === 'auto' ? Math.min(cores(), MOST_BY_ITSELF) : threads;
}
