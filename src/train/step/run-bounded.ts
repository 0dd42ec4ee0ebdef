/** Runs numbered tasks in a fixed number of lanes, one at a time in each. */

/**
 * Runs tasks 0 to `count - 1`, begun in order, one at a time in each lane. None begins more than twice the number of
 * lanes after one that is not done, so that the number of results that wait for a slow one is bounded. The first error
 * stops all lanes; it is thrown when the tasks that had begun are done.
 */
export async function runBounded(
  count: number,
  lanes: number,
  work: (task: number, lane: number) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const done = new Set<number>();
  let next = 0;
  let oldest = 0;
  let waiting: (() => void)[] = [];
  const goOn = async (lane: number) => {
    while (next < count && failures.length === 0) {
      if (next - oldest >= 2 * lanes) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        continue;
      }
      const task = next++;
      try {
        await work(task, lane);
        done.add(task);
        while (done.delete(oldest)) oldest++;
      } catch (error) {
        failures.push(error);
      }
      for (const wake of waiting) wake();
      waiting = [];
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, (_, lane) => goOn(lane)));
  if (failures.length > 0) throw failures[0];
}
