/** The backends under test. */
import { readFileSync } from 'node:fs';
import type { Backend } from '../../../src/backend/backend.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { WasmBackend } from '../../../src/backend/wasm/backend.js';
import { createWasmBackend } from '../../../src/platform/node/wasm/backend.js';

/** Seen from `dist/test/support`. */
const module = new WebAssembly.Module(readFileSync(new URL('../../../wasm/unetpp.wasm', import.meta.url)));

export const wasmBackend = (): WasmBackend => new WasmBackend(module);

/** A backend whose programs are run by a team of `threads` threads. */
export const teamBackend = (threads: number): WasmBackend => createWasmBackend({ threads, vectoriser: false });

/** Everything that must agree with the float64 reference. */
export const backends: readonly Backend[] = [new ReferenceBackend('float32'), wasmBackend(), teamBackend(2)];
