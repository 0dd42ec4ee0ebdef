/** Checks of numbers that callers of the library give. */
import { InputError } from './errors.js';
import { show } from './show.js';

/** @throws InputError that names the option, unless `value` is a whole number of at least 1 */
export function checkCount(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InputError(`${name} is ${show(value)}, expected a whole number of at least 1`);
}
