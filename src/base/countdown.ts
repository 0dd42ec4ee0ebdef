/** Timeouts that count only the time in which the process ran. */

/** Milliseconds between the ticks of a countdown. */
const TICK = 100;

/**
 * Calls `action` when about `ms` milliseconds are over in which the process ran: they are counted in ticks and not by a
 * clock, so that a stop of the process (Ctrl-Z, a suspended job, a paused machine), however long, is one tick at most.
 * @returns what ends the countdown
 */
export function countDown(ms: number, action: () => void): () => void {
  let rest = ms;
  const timer = setInterval(() => {
    rest -= TICK;
    if (rest > 0) return;
    clearInterval(timer);
    action();
  }, TICK);
  return () => clearInterval(timer);
}
