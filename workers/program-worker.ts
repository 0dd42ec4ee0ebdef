/** A worker in Node: runs whole programs by itself, on the memory of the backend. */
import { workerData } from 'node:worker_threads';
import { instantiateSync } from '@assemblyscript/loader';
import { type Call, prepack, runChunk } from '../src/backend/wasm/call.js';
import type { Exports } from '../src/backend/wasm/kernels/index.js';

/** What a worker is given when it starts. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

const { module, memory } = workerData as WorkerData;
const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
const kernels = exports as unknown as Exports;

/** Runs the calls of a program one after the other. @throws Error that names the kernel that failed */
export default function runProgram(calls: readonly Call[]): void {
  for (const call of calls) {
    try {
      prepack(kernels, call);
      runChunk(kernels, call, 0, 1, 0);
    } catch (error) {
      throw new Error(`${call.op}: ${error}`);
    }
  }
}
