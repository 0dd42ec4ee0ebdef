/** Timing by benchmark.js: it repeats a call until the clock can tell its time, and takes samples of that. */
import Benchmark from 'benchmark';

export interface Effort {
  /** Seconds for one call and its samples. */
  readonly seconds: number;
  /** At least so many samples, however long they take. */
  readonly samples: number;
}

/** Milliseconds that a call takes: the median of the samples. */
export function measure(call: () => void, { seconds, samples }: Effort): number {
  const benchmark = new Benchmark(call, { maxTime: seconds, minTime: seconds / 10, minSamples: samples });
  benchmark.run();
  if (benchmark.error) throw benchmark.error;
  return 1000 * median(benchmark.stats.sample);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
