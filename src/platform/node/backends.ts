/** The backends in Node, by name. */
import type { Backend } from '../../backend/backend.js';
import { ReferenceBackend } from '../../backend/reference.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { createWasmBackend, type WasmOptions } from './wasm/backend.js';

export const backends = ['wasm', 'reference'] as const;
export type BackendName = (typeof backends)[number];

/**
 * Makes a backend with memory of its own, which is freed with it.
 * @throws InputError for an unknown name
 */
export function createBackend(name: BackendName = 'wasm', options: WasmOptions = {}): Backend {
  if (name === 'reference') return new ReferenceBackend();
  if (name !== 'wasm') throw new InputError(`backend ${show(name)}: expected one of ${backends.join(', ')}`);
  return createWasmBackend(options);
}
