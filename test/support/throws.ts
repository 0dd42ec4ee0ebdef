import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';

/** Asserts that `fn` refuses its input with exactly this message. */
export function throwsInput(fn: () => unknown, message: string): void {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, InputError, `expected to be refused: ${message}`);
  assert.is((thrown as InputError).message, message);
}
