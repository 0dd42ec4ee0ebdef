/** The backends in Node, by name. */
import type { Backend } from '../../backend/backend.js';
import { type BackendName, backends } from '../../backend/names.js';
import { ReferenceBackend } from '../../backend/reference.js';
import type { WebGpuBackend } from '../../backend/webgpu/backend.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { createWasmBackend, type WasmOptions } from './wasm/backend.js';
import { createWebGpuBackend, type WebGpuOptions } from './webgpu/backend.js';

/**
 * Makes a backend with memory of its own, which is freed with it. That of a GPU is made asynchronously.
 * @throws InputError for an unknown name, or where the GPU, its driver or the package `webgpu` is missing
 */
export function createBackend(name?: 'wasm' | 'reference', options?: WasmOptions): Backend;
export function createBackend(name: 'webgpu', options?: WebGpuOptions): Promise<WebGpuBackend>;
export function createBackend(name?: BackendName, options?: WasmOptions & WebGpuOptions): Backend | Promise<Backend>;
export function createBackend(
  name: BackendName = 'wasm',
  options: WasmOptions & WebGpuOptions = {},
): Backend | Promise<Backend> {
  if (name === 'reference') return new ReferenceBackend();
  if (name === 'webgpu') return createWebGpuBackend(options);
  if (name !== 'wasm') throw new InputError(`backend ${show(name)}: expected one of ${backends.join(', ')}`);
  return createWasmBackend(options);
}
