/** Whether the options of a call that goes on with a run are those that the run was started with. */
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../base/errors.js';

type Options = Readonly<Record<string, unknown>>;

/**
 * Compares options as values of JSON.
 * @param stored what it was started with, from its config.json; null stands for an option that was not given
 * @param given what this call gives, by the same names; undefined ones are not given
 * @param mayDiffer names that a run may go on with other values of
 * @param run the folder of the run, for the error
 * @throws InputError that names the first option which differs as the command line does, and both values
 */
export function compareOptions(stored: Options, given: Options, mayDiffer: readonly string[], run: string): void {
  const values: Options = JSON.parse(JSON.stringify(given));
  for (const [name, value] of Object.entries(values)) {
    const before = stored[name] ?? null;
    if (mayDiffer.includes(name) || isDeepStrictEqual(value, before)) continue;
    throw new InputError(
      `${flagOf(name)} is ${show(value)}, but the run in ${run} was started ` +
        `${before === null ? 'without it' : `with ${show(before)}`}; leave it out, or start a new run`,
    );
  }
}

/** `microBatch` is `--micro-batch`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** As it is given on the command line, where it can be. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
