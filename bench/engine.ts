/** What is measured: the kernels as this Node compiles them, and what runs them: threads, or a GPU. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { Backend } from '../src/backend/backend.js';
import { InputError } from '../src/base/errors.js';
import { createWasmBackend } from '../src/platform/node/wasm/backend.js';
import { type CompileWasmOptions, compileWasm } from '../src/platform/node/wasm/module.js';
import { measurePeak } from '../src/platform/node/wasm/peak.js';
import { createWebGpuBackend, findAdapter } from '../src/platform/node/webgpu/backend.js';

export const engines = ['wasm', 'webgpu'] as const;

export interface Engine {
  readonly backend: (typeof engines)[number];
  /** What computes, in words. */
  readonly description: string;
  /** The same for scripts. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly threads: number;
  /** The peak in GFLOP/s, see `measurePeak`. It is not known of a GPU. */
  readonly peakGflops?: number;
  /** Makes a backend with memory of its own. */
  createBackend(): Promise<Backend>;
}

export interface EngineOptions extends Pick<CompileWasmOptions, 'vectoriser' | 'relaxed'> {
  /** Default: 'wasm'. */
  readonly backend?: (typeof engines)[number];
  readonly threads: number;
}

/** @throws InputError where there is no GPU, or options belong to the other backend */
export async function createEngine({ backend = 'wasm', ...options }: EngineOptions): Promise<Engine> {
  return backend === 'wasm' ? wasmEngine(options) : gpuEngine(options);
}

function wasmEngine({ threads, ...options }: EngineOptions): Engine {
  const { module, vectoriser } = compileWasm(options);
  const { relaxed = false } = options;
  const used = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const build = relaxed ? ', relaxed SIMD (bits are not portable)' : '';
  return {
    backend: 'wasm',
    description: `vectoriser ${vectoriser ? 'on' : 'off'}${build}, ${used}`,
    facts: { vectoriser, relaxed, threads },
    threads,
    peakGflops: threads * measurePeak(module),
    createBackend: async () => createWasmBackend({ ...options, threads, workers: threads }),
  };
}

async function gpuEngine({ threads, vectoriser, relaxed }: EngineOptions): Promise<Engine> {
  if (threads > 1 || vectoriser !== undefined || relaxed) {
    throw new InputError('--backend webgpu: --threads, --vectoriser and --relaxed belong to wasm; leave them out');
  }
  const { adapter, software } = await findAdapter();
  const program = software ? ', a program and no GPU: times on it are not the speed of any GPU' : '';
  return {
    backend: 'webgpu',
    description: `WebGPU on ${adapter}${program}`,
    facts: { adapter, software },
    threads,
    createBackend: createWebGpuBackend,
  };
}

/** Describes the machine and the engine in one line. */
export function describe({ description }: Engine): string {
  const cores = `${cpus()[0]?.model.trim() ?? 'unknown processor'}${vectors()}, ${availableParallelism()} cores`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${cores}; Node ${process.version}, ${description}`;
}

/** The widest vectors of the processor, where Linux tells them: ratios to native programs depend on these. */
function vectors(): string {
  if (!existsSync('/proc/cpuinfo')) return '';
  const flags = new Set(
    readFileSync('/proc/cpuinfo', 'utf8')
      .match(/^flags\s*:.*$/m)?.[0]
      .split(' '),
  );
  const known = { avx512_bf16: ' (AVX-512, bfloat16)', avx512f: ' (AVX-512)', avx2: ' (AVX2)' };
  return Object.entries(known).find(([flag]) => flags.has(flag))?.[1] ?? '';
}
