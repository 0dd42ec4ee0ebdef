/** Computing blocks the event loop of a thread; here it is given its turn. */

const INTERVAL_MS = 30;
let last = 0;

/** Lets timers, signals and output have their turn, at most every 30 ms. */
export async function yieldToEventLoop(): Promise<void> {
  if (performance.now() - last < INTERVAL_MS) return;
  await new Promise((resolve) => setTimeout(resolve));
  last = performance.now();
}
