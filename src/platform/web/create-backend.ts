/** A backend for a page or one of its workers, with all that belongs to it. */
import type { Backend } from '../../backend/backend.js';
import type { Threads } from '../../backend/names.js';
import { teamSize } from '../../backend/wasm/team/team-size.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { availableCores } from './threads/cores.js';
import { createWasmBackend, type PrepareOptions, prepareWasm, type WasmOptions } from './wasm/backend.js';
import { createWebGpuBackend } from './webgpu/backend.js';

export interface WebBackendOptions extends Pick<PrepareOptions, 'urls' | 'warn'>, Pick<WasmOptions, 'patience'> {
  /** What computes: the processor by WebAssembly, or the GPU by WebGPU. Default: 'wasm'. */
  readonly backend?: 'wasm' | 'webgpu';
  /**
   * How many threads run a program together, with the same bits for any number. It is 1 on the main thread of a page, and
   * where the page is not cross-origin isolated. Default: 'auto', one for each core.
   */
  readonly threads?: Threads;
  /** How many threads compute micro-batches of training at the same time; as `threads`, 1 in some places. Default: 1. */
  readonly workers?: Threads;
}

/**
 * Makes a backend. Its kernels are loaded and compared with the reference, and its threads have started, when the promise
 * gives it; `close()` ends them.
 * @throws InputError where files of the package are not served, for an impossible number of threads, where there is no GPU
 *   for pages, and where kernels give wrong numbers
 */
export async function createWebBackend({
  backend: name = 'wasm',
  threads = 'auto',
  workers = 1,
  patience,
  ...options
}: WebBackendOptions = {}): Promise<Backend> {
  if (name !== 'wasm' && name !== 'webgpu') {
    throw new InputError(`backend ${show(name)}: expected one of wasm, webgpu`);
  }
  teamSize(threads, 'threads', availableCores);
  teamSize(workers, 'workers', availableCores);
  if (name === 'webgpu') {
    const prepared = await prepareWasm({ ...options, threads: 1 });
    return createWebGpuBackend(() => createWasmBackend(prepared));
  }
  const prepared = await prepareWasm({ ...options, threads: most(threads, workers) });
  const backend = createWasmBackend(prepared, { threads, workers, ...(patience !== undefined && { patience }) });
  const close = backend.close.bind(backend);
  return Object.assign(backend, {
    close() {
      prepared.pool?.close();
      close();
    },
  });
}

function most(threads: Threads, workers: Threads): Threads {
  if (threads === 'auto' || workers === 'auto') return 'auto';
  return Math.max(threads, workers);
}
