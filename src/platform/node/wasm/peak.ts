/** The peak of this machine: multiplications and additions in registers, in the build that the kernels run in. */
import { instantiateSync } from '@assemblyscript/loader';

interface Exports extends Record<string, unknown> {
  peak(memory: number, rounds: number): number;
}

/** About a millisecond of work. */
const ROUNDS = 1e6;
const REPEATS = 200;

/** Measures the GFLOP/s of one core: the best of many short runs, as every disturbance makes a run slower. */
export function measurePeak(module: WebAssembly.Module): number {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = instantiateSync<Exports>(module, { env: { memory } });
  let best = 0;
  for (let k = 0; k < REPEATS; k++) {
    const started = performance.now();
    const operations = exports.peak(64, ROUNDS);
    best = Math.max(best, operations / (performance.now() - started) / 1e6);
  }
  return best;
}
