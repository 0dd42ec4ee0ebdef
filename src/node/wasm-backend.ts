/** The WebAssembly backend in Node. */
import { WasmBackend } from '../backend/wasm/backend.js';
import { startCrew, type Threads, teamSize } from './team.js';
import { compileWasm } from './wasm-module.js';

export interface WasmOptions {
  /** Default: true. False, or the environment variable UNETPP_VECTORISER=0, leaves the vectoriser alone. */
  readonly vectoriser?: boolean;
  /**
   * How many threads run a program together, the calling one included; the result has the same bits for any number.
   * They are started by the first run. Where memory cannot be shared, it is 1. Default: 1.
   */
  readonly threads?: Threads;
  /** Milliseconds that a thread may be silent before it counts as lost. Default: 10,000. */
  readonly patience?: number;
}

/** @throws InputError for an impossible number of threads */
export function createWasmBackend({ vectoriser, threads: wanted = 1, patience }: WasmOptions): WasmBackend {
  const threads = teamSize(wanted);
  const shared = threads > 1;
  const { module } = compileWasm({ shared, ...(vectoriser !== undefined && { vectoriser }) });
  if (!shared) return new WasmBackend(module);
  return new WasmBackend(module, { threads, start: startCrew, ...(patience !== undefined && { patience }) });
}
