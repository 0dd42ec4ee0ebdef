/** The backends in a browser, by name, once the worker that asks for them has made them ready. */
import type { Backend } from '../../backend/backend.js';
import type { BackendName } from '../../backend/names.js';
import { ReferenceBackend } from '../../backend/reference.js';
import { WasmBackend } from '../../backend/wasm/backend.js';
import { invariant } from '../../base/errors.js';

export interface PrepareOptions {
  readonly threads?: 1;
  /** Where the kernels are loaded from. */
  readonly urls: { readonly wasm: string };
}

let kernels: WebAssembly.Module | undefined;

/** Loads the kernels, once for a worker, before `createBackend` is called. */
export async function prepareBackends({ urls }: PrepareOptions): Promise<void> {
  kernels = await WebAssembly.compileStreaming(fetch(urls.wasm));
}

/** Makes a backend of one thread, with memory of its own. */
export function createBackend(name: BackendName = 'wasm'): Backend {
  if (name === 'reference') return new ReferenceBackend();
  invariant(kernels, 'createBackend before prepareBackends');
  return new WasmBackend(kernels);
}
