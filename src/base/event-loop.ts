/** Turns for the event loop of a thread, which computing would block. */

const INTERVAL_MS = 30;
let last = 0;

/** Gives timers, signals and output their turn, at most every 30 ms. */
export async function yieldToEventLoop(): Promise<void> {
  if (performance.now() - last < INTERVAL_MS) return;
  await nextTurn();
  last = performance.now();
}

/** Resolves when the event loop has come to what is due now. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
