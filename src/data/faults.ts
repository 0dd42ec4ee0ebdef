import { InputError } from '../base/errors.js';

/**
 * Is told what is wrong with files, a line for each; `more` is what the further ones are called. It throws, or takes note
 * of them: the files are then left out.
 */
export type OnFaults = (faults: readonly string[], more?: string) => void;

/** @throws InputError with the first, and how many there are besides */
export const refuse: OnFaults = ([first, ...others], more = 'like it') => {
  if (first === undefined) return;
  throw new InputError(others.length > 0 ? `${first} (and ${others.length} more ${more})` : first);
};

/** What `run` gives; undefined where it throws an InputError that `onFaults` takes note of. */
export async function unlessFaulty<T>(onFaults: OnFaults, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onFaults([error.message]);
    return undefined;
  }
}

/** What is there of a list. */
export function present<T>(list: readonly (T | undefined)[]): T[] {
  return list.filter((item): item is T & {} => item !== undefined);
}
