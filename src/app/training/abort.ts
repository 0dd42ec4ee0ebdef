/** Work that a signal may end. */

/** Waits for work. @returns its result, or undefined where `signal` has ended it */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  });
}
