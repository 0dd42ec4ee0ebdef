/** Faults of files, which either stop the reading or are collected, so that all of them can be reported at once. */
import { InputError } from '../base/errors.js';

/**
 * Receives what is wrong with files, one line for each; `more` is the phrase for further ones. It throws, or collects
 * the lines, and the files are then left out.
 */
export type OnFaults = (faults: readonly string[], more?: string) => void;

/** Refuses faulty files. @throws InputError with the first fault, and how many more there are */
export const refuse: OnFaults = ([first, ...others], more = 'like it') => {
  if (first === undefined) return;
  throw new InputError(others.length > 0 ? `${first} (and ${others.length} more ${more})` : first);
};

/** Returns what `run` returns, or undefined where it throws an InputError and `onFaults` does not throw it on. */
export async function unlessFaulty<T>(onFaults: OnFaults, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onFaults([error.message]);
    return undefined;
  }
}

/** Returns the items of a list that are not undefined. */
export function present<T>(list: readonly (T | undefined)[]): T[] {
  return list.filter((item): item is T & {} => item !== undefined);
}
