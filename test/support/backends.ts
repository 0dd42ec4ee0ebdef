/** The backends under test. */
import { readFileSync } from 'node:fs';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { WasmBackend } from '../../src/backend/wasm/backend.js';

/** Seen from `dist/test/support`. */
const module = new WebAssembly.Module(readFileSync(new URL('../../wasm/unetpp.wasm', import.meta.url)));

export const wasmBackend = (): WasmBackend => new WasmBackend(module);

/** Everything that must agree with the float64 reference. */
export const backends: readonly Backend[] = [new ReferenceBackend('float32'), wasmBackend()];
