/** The two kinds of errors: what the user can correct, and what is a fault of this library. */

/**
 * An error that the user can correct (a wrong call, a broken file): one line that says what, where and what to do.
 * The command line prints it and exits with code 2. Every other error is a failure at work (exit code 1),
 * and one that starts with `internal:` is a fault of this library.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Throws an `internal:` error unless `condition` holds: a promise of the code to itself, never a check of user input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}
