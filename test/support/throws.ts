/** Assertions on input that is refused: which InputError, with which message. */
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

/** The message of the InputError that a promise is rejected with; fails for any other end. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, InputError, `not refused: ${error}`);
  return (error as InputError).message;
}
