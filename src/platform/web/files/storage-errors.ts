/** The errors of the storage, in words. */
import { InputError } from '../../../base/errors.js';
import { memorySize } from '../../../base/quantities.js';

/** What the browser's names of errors mean, and what the user can do. */
const IN_WORDS: Readonly<Record<string, string>> = {
  NotFoundError: 'its folder does not exist; create the folder first',
  TypeMismatchError: 'it is a folder, expected a file; give the name of a file',
  NoModificationAllowedError: 'another tab is writing it; close that tab',
  NotAllowedError: 'the browser does not permit it; give the folder to the page again',
  InvalidStateError: 'the file was changed meanwhile; try again',
};

/** The error of an operation on the storage as one line; where it is full, that says how much is in it. */
export async function storageError(path: string, operation: 'read' | 'written' | 'created', error: unknown) {
  if (error instanceof InputError) return error;
  const { name, message } = error as DOMException;
  const reason = name === 'QuotaExceededError' ? await fullStorage() : (IN_WORDS[name] ?? message);
  return new InputError(`${path}: cannot be ${operation}: ${reason} (${name})`, { cause: error });
}

/** How many bytes this site stores, and may store as the browser states, which need not be true: the disk may have less. */
export async function storageUse(): Promise<{ readonly usage: number; readonly quota: number }> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return { usage, quota };
}

export const MAKE_ROOM = 'remove runs or data that are not needed any more';

async function fullStorage(): Promise<string> {
  const { usage, quota } = await storageUse();
  const stated = `${memorySize(usage)} in it, of ${memorySize(quota)} that the browser states`;
  return `the storage of this site is full, with ${stated}; ${MAKE_ROOM}, or free some space on the disk`;
}
