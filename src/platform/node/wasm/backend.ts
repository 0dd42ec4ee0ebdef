/** The WebAssembly backend in Node. */
import type { Threads } from '../../../backend/names.js';
import { WasmBackend } from '../../../backend/wasm/backend.js';
import { teamSize } from '../../../backend/wasm/team/team-size.js';
import { availableCores } from '../threads/cores.js';
import { startTeamThreads } from '../threads/team.js';
import { startWorkers } from '../threads/workers.js';
import { type CompileWasmOptions, compileWasm } from './module.js';

export interface WasmOptions extends Pick<CompileWasmOptions, 'vectoriser'> {
  /**
   * How many threads run a program together, the calling one included; the result has the same bits for any number.
   * They are started by the first run. Where memory cannot be shared, it is 1. Default: 1.
   */
  readonly threads?: Threads;
  /**
   * How many threads compute micro-batches of training at the same time, each one by itself; training gives the same bits
   * for any number. They are started by the first run. Where memory cannot be shared, it is 1. Default: 1.
   */
  readonly workers?: Threads;
  /**
   * Milliseconds that a thread may be silent before it counts as lost, and its work is done again. Those in which the
   * process was stopped do not count. Default: 10,000, and a minute for workers.
   */
  readonly patience?: number;
  /**
   * Whether convolutions multiply and add in one instruction. That is faster where the processor fuses the two, and gives
   * up portable bits: results are as accurate, but on another machine the same seed may give other bits.
   * On one machine they stay the same for any number of threads, with and without the vectoriser. Default: false.
   */
  readonly relaxed?: boolean;
}

/** Makes a backend. @throws InputError for an impossible number of threads, or where this Node lacks `relaxed` */
export function createWasmBackend({ patience, threads, workers, ...build }: WasmOptions): WasmBackend {
  const size = teamSize(threads ?? 1, 'threads', availableCores);
  const count = teamSize(workers ?? 1, 'workers', availableCores);
  const shared = size > 1 || count > 1;
  const { module } = compileWasm({ ...build, shared });
  if (!shared) return new WasmBackend(module);
  const waiting = patience === undefined ? {} : { patience };
  const warn = (message: string) => process.emitWarning(`unetpp: ${message}`);
  const team = { threads: size, start: startTeamThreads, warn, ...waiting };
  return new WasmBackend(module, team, count > 1 ? { count, start: startWorkers({ count, ...waiting }) } : undefined);
}
