/** Timing by benchmark.js: it repeats a call until the clock can resolve its time, and takes samples of that. */

import Benchmark from 'benchmark';
import { median } from '../src/base/statistics.js';

export interface Effort {
  /** The seconds for one call and its samples. */
  readonly seconds: number;
  /** The smallest number of samples, however long they take. */
  readonly samples: number;
}

/** Measures the milliseconds that a call takes: the median of the samples. */
export function measure(call: () => void, { seconds, samples }: Effort): number {
  const benchmark = new Benchmark(call, { maxTime: seconds, minTime: seconds / 10, minSamples: samples });
  benchmark.run();
  if (benchmark.error) throw benchmark.error;
  return 1000 * median(benchmark.stats.sample);
}

/** Measures a call that returns a promise as `measure` does. */
export function measureAsync(call: () => Promise<unknown>, { seconds, samples }: Effort): Promise<number> {
  return new Promise((resolve, reject) => {
    const fn = (deferred: { resolve(): void }) => void call().then(() => deferred.resolve(), reject);
    const onComplete = ({ target }: Benchmark.Event) =>
      resolve(1000 * median((target as unknown as Benchmark).stats.sample));
    const effort = { maxTime: seconds, minTime: seconds / 10, minSamples: samples };
    new Benchmark({ fn, defer: true, onComplete, ...effort }).run({ async: true });
  });
}

/** The milliseconds of one call, such as the first, which measurements leave out. */
export async function timeOnce(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}

/** So many milliseconds of work make the way to a device and back small. */
const RESOLVED = 20;

/**
 * Measures the milliseconds of a call that only begins its work, as those of a GPU do: many are begun before the last is
 * waited for.
 */
export async function measureQueued(call: () => void, done: () => Promise<unknown>, effort: Effort): Promise<number> {
  const several = async (count: number) => {
    for (let k = 0; k < count; k++) call();
    await done();
  };
  // The first compiles.
  await several(1);
  let calls = 1;
  for (let ms = 0; ms < RESOLVED; calls *= 2) {
    const started = performance.now();
    await several(calls);
    ms = performance.now() - started;
  }
  return (await measureAsync(() => several(calls), effort)) / calls;
}
