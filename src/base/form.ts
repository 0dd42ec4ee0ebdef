/** Forms of JSON values: what a file that somebody may have edited is checked by before it is believed. */
import { InputError } from './errors.js';
import { show } from './show.js';

interface Fault {
  readonly field: string;
  readonly found: unknown;
  readonly expected: string;
}

/** Finds the first thing that is wrong with a value, if any; `field` is the value's path in the whole, '' for the whole. */
export type Form = (value: unknown, field: string) => Fault | undefined;

/** Makes a form of a test; `expected` is what the error says. */
export function form(expected: string, accepts: (value: unknown) => boolean): Form {
  return (found, field) => (accepts(found) ? undefined : { field, found, expected });
}

export const number = form('a number', Number.isFinite);
export const count = form('a whole number of at least 0', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
export const text = form('a text', (value) => typeof value === 'string');
export const truth = form('true or false', (value) => typeof value === 'boolean');

export function listOf(item: Form): Form {
  return (found, field) => {
    if (!Array.isArray(found)) return { field, found, expected: 'a list' };
    return firstFault(found.map((value, k) => () => item(value, `${field}[${k}]`)));
  };
}

/** Makes the form of an object with these fields; it may have others, too. */
export function object(fields: Readonly<Record<string, Form>>): Form {
  return (found, field) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      return { field, found, expected: 'an object' };
    }
    const values = found as Readonly<Record<string, unknown>>;
    return firstFault(
      Object.entries(fields).map(
        ([name, of]) =>
          () =>
            of(values[name], field === '' ? name : `${field}.${name}`),
      ),
    );
  };
}

export function optional(of: Form): Form {
  return (value, field) => (value === undefined ? undefined : of(value, field));
}

/**
 * Requires that a value has a form.
 * @param source the file, and the line where there are several
 * @throws InputError that names the source, the field, what it holds and what is expected, and ends with `advice`
 */
export function requireForm(value: unknown, of: Form, source: string, advice: string): void {
  const fault = of(value, '');
  if (!fault) return;
  const { field, found, expected } = fault;
  const what = `${field}${field === '' ? '' : ' '}${found === undefined ? 'is missing' : `is ${show(found)}`}`;
  throw new InputError(`${source}: ${what}, expected ${expected}; ${advice}`);
}

function firstFault(looks: readonly (() => Fault | undefined)[]): Fault | undefined {
  for (const look of looks) {
    const fault = look();
    if (fault) return fault;
  }
  return undefined;
}
