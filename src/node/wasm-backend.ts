/** The WebAssembly backend in Node. */
import { WasmBackend } from '../backend/wasm/backend.js';
import { startCrew, type Threads, teamSize } from './team.js';
import { compileWasm } from './wasm-module.js';
import { startWorkers } from './workers.js';

export interface WasmOptions {
  /** Default: true. False, or the environment variable UNETPP_VECTORISER=0, leaves the vectoriser alone. */
  readonly vectoriser?: boolean;
  /**
   * How many threads run a program together, the calling one included; the result has the same bits for any number.
   * They are started by the first run. Where memory cannot be shared, it is 1. Default: 1.
   */
  readonly threads?: Threads;
  /**
   * How many threads compute micro-batches of training beside each other, each by itself; training gives the same bits
   * for any number. They are started by the first run. Where memory cannot be shared, it is 1. Default: 1.
   */
  readonly workers?: Threads;
  /** Milliseconds that a thread may be silent before it counts as lost. Default: 10,000. */
  readonly patience?: number;
}

/** @throws InputError for an impossible number of threads */
export function createWasmBackend(options: WasmOptions): WasmBackend {
  const { vectoriser, patience } = options;
  const threads = teamSize(options.threads ?? 1, 'threads');
  const workers = teamSize(options.workers ?? 1, 'workers');
  const shared = threads > 1 || workers > 1;
  const { module } = compileWasm({ shared, ...(vectoriser !== undefined && { vectoriser }) });
  if (!shared) return new WasmBackend(module);
  const waiting = patience === undefined ? {} : { patience };
  const team = { threads, start: startCrew, ...waiting };
  return new WasmBackend(module, team, workers > 1 ? startWorkers({ count: workers, ...waiting }) : undefined);
}
