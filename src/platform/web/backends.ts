/** The backends in a browser, by name: those of Node, once the worker that asks for them has made them ready. */
import type { Backend } from '../../backend/backend.js';
import { type BackendName, backends } from '../../backend/names.js';
import { ReferenceBackend } from '../../backend/reference.js';
import type { WebGpuBackend } from '../../backend/webgpu/backend.js';
import { InputError, invariant } from '../../base/errors.js';
import { show } from '../../base/show.js';
import {
  createWasmBackend,
  type Prepared,
  type PrepareOptions,
  prepareWasm,
  type WasmOptions,
} from './wasm/backend.js';
import { createWebGpuBackend, type WebGpuOptions } from './webgpu/backend.js';

let prepared: Prepared | undefined;

/**
 * Makes backends ready, once for a worker, before `createBackend` is called: the kernels are loaded and checked, threads are
 * started.
 * @throws InputError where the kernels are not to be had, or give wrong numbers in this browser
 */
export async function prepareBackends(options: PrepareOptions = {}): Promise<void> {
  prepared = await prepareWasm(options);
}

/** How options of Node's are taken here. */
interface WasmChoice extends WasmOptions {
  /** Whether convolutions multiply and add in one instruction; browsers are not served that build. */
  readonly relaxed?: boolean;
}

/**
 * Makes a backend with memory of its own, which is freed with it. That of a GPU is made asynchronously.
 * @throws InputError for an unknown name, for `relaxed`, or where the browser has no GPU for pages
 */
export function createBackend(name?: 'wasm' | 'reference', options?: WasmChoice): Backend;
export function createBackend(name: 'webgpu', options?: WebGpuOptions): Promise<WebGpuBackend>;
export function createBackend(name?: BackendName, options?: WasmChoice & WebGpuOptions): Backend | Promise<Backend>;
export function createBackend(
  name: BackendName = 'wasm',
  { relaxed = false, ...options }: WasmChoice & WebGpuOptions = {},
): Backend | Promise<Backend> {
  if (name === 'reference') return new ReferenceBackend();
  if (!backends.includes(name)) {
    throw new InputError(`backend ${show(name)}: expected one of ${backends.join(', ')}`);
  }
  if (relaxed) throw new InputError('relaxed: pages compute with portable bits; leave relaxed out');
  const ready = prepared;
  invariant(ready, 'createBackend before prepareBackends');
  if (name === 'webgpu') return createWebGpuBackend(() => createWasmBackend(ready), options);
  return createWasmBackend(ready, options);
}
