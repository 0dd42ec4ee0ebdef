/** Work that is refused, and how it is brought about. */
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';

/** The one line of the InputError that `promise` ends with, or 'no error'. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, InputError);
    assert.not.match((error as Error).message, '\n');
    return (error as Error).message;
  }
  return 'no error';
}

/** Does `work` without the rights of root, to whom no folder is read-only. */
export async function withoutRoot(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(65534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}
