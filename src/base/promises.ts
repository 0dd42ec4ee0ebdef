/** Promises that are not awaited at once. */

/** Says that a promise is awaited later, or never where something else fails first: its error is no unhandled one. */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
