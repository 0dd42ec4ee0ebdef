/** A worker in Node: runs whole programs by itself, on the memory of the backend. */
import { workerData } from 'node:worker_threads';
import { instantiateSync } from '@assemblyscript/loader';
import { type Call, runCalls } from '../src/backend/wasm/call.js';
import type { Exports } from '../src/backend/wasm/kernels/index.js';

/** What a worker is given when it starts. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

const { module, memory } = workerData as WorkerData;
const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
const kernels = exports as unknown as Exports;

export default function runProgram(calls: readonly Call[]): void {
  runCalls(kernels, calls);
}
