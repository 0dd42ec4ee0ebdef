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

/** The error of an operation on the storage as one line; where it is full, that says how much is free. */
export async function storageError(path: string, operation: 'read' | 'written' | 'created', error: unknown) {
  if (error instanceof InputError) return error;
  const { name, message } = error as DOMException;
  const reason = name === 'QuotaExceededError' ? await fullStorage() : (IN_WORDS[name] ?? message);
  return new InputError(`${path}: cannot be ${operation}: ${reason} (${name})`, { cause: error });
}

/** How many bytes this site may still store, and in all. */
export async function storageLeft(): Promise<{ readonly free: number; readonly quota: number }> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return { free: Math.max(0, quota - usage), quota };
}

async function fullStorage(): Promise<string> {
  const { free, quota } = await storageLeft();
  return (
    `the storage of this site is full, with ${memorySize(free)} of ${memorySize(quota)} free; ` +
    'remove runs or data that are not needed any more, or free some space on the disk'
  );
}
