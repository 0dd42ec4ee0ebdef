/** What is measured: the kernels as this Node compiles them, and the threads that run them. */
import { availableParallelism, cpus } from 'node:os';
import type { Backend } from '../src/backend/backend.js';
import { createWasmBackend } from '../src/platform/node/wasm/backend.js';
import { type CompileWasmOptions, compileWasm } from '../src/platform/node/wasm/module.js';
import { measurePeak } from '../src/platform/node/wasm/peak.js';

export interface Engine {
  readonly node: string;
  readonly vectoriser: boolean;
  readonly relaxed: boolean;
  readonly threads: number;
  /** The peak in GFLOP/s, see `measurePeak`. */
  readonly peakGflops: number;
  /** Makes a backend with memory of its own. */
  createBackend(): Backend;
}

export interface EngineOptions extends Pick<CompileWasmOptions, 'vectoriser' | 'relaxed'> {
  readonly threads: number;
}

export function createEngine({ threads, ...options }: EngineOptions): Engine {
  const { module, vectoriser } = compileWasm(options);
  return {
    node: process.version,
    vectoriser,
    relaxed: options.relaxed ?? false,
    threads,
    peakGflops: threads * measurePeak(module),
    createBackend: () => createWasmBackend({ ...options, threads, workers: threads }),
  };
}

/** Describes the machine and the engine in one line. */
export function describe({ node, vectoriser, relaxed, threads }: Engine): string {
  const cores = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const used = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const build = relaxed ? ', relaxed SIMD (bits are not portable)' : '';
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${cores}; Node ${node}, vectoriser ${vectoriser ? 'on' : 'off'}${build}, ${used}`;
}
