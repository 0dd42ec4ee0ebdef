/**
 * Compiles the kernels for this Node. V8 from Node 24 on can fuse pairs of vectors into 256 bits
 * (`--experimental-wasm-revectorize`), which nearly doubles the speed of the convolutions and changes no bit. The flag
 * is experimental: it is on only while the module is compiled, its results are compared with those of the plain build,
 * and a difference switches it off with a warning.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { WasmBackend } from '../backend/wasm/backend.js';
import { selfCheck } from './self-check.js';
import { startCrew } from './team.js';

export interface CompileWasmOptions {
  /** Default: true. False, or the environment variable UNETPP_VECTORISER=0, leaves the vectoriser alone. */
  readonly vectoriser?: boolean;
  /** For memory that threads share. Default: false. */
  readonly shared?: boolean;
}

export interface CompiledWasm {
  readonly module: WebAssembly.Module;
  /** Whether the vectoriser was at work. */
  readonly vectoriser: boolean;
}

const FIRST_NODE = 24;

/** Everything by the optimizing compiler at once: compiled later, functions would miss the flag. */
const FLAGS = ['experimental-wasm-revectorize', 'liftoff', 'wasm-lazy-compilation'] as const;
const WANTED = [true, false, false];
const DEFAULT = [false, true, true];

/** By the name of the build. */
const plain = new Map<string, WebAssembly.Module>();
const vectorised = new Map<string, CompiledWasm>();

/** The module, compiled once in a process. */
export function compileWasm(options: CompileWasmOptions = {}): CompiledWasm {
  const name = options.shared ? 'unetpp-shared' : 'unetpp';
  const module = plain.get(name) ?? new WebAssembly.Module(read(`${name}.wasm`));
  plain.set(name, module);
  const wanted = (options.vectoriser ?? true) && process.env.UNETPP_VECTORISER !== '0';
  if (!wanted || Number.parseInt(process.versions.node, 10) < FIRST_NODE) return { module, vectoriser: false };
  const compiled = vectorised.get(name) ?? compileVectorised(name, module, options.shared ?? false);
  vectorised.set(name, compiled);
  return compiled;
}

function compileVectorised(name: string, fallback: WebAssembly.Module, shared: boolean): CompiledWasm {
  setFlags(WANTED);
  let wide: WebAssembly.Module;
  try {
    wide = new WebAssembly.Module(read(`${name}-wide.wasm`));
  } finally {
    setFlags(DEFAULT);
  }
  const team = shared ? { threads: 1, start: startCrew } : undefined;
  const difference = selfCheck(new WasmBackend(wide, team), new WasmBackend(fallback, team));
  if (difference === undefined) return { module: wide, vectoriser: true };
  process.emitWarning(
    `unetpp: the vectoriser of this Node (${process.version}) gives other numbers in ${difference}; going on without it`,
  );
  return { module: fallback, vectoriser: false };
}

function setFlags(values: readonly boolean[]): void {
  FLAGS.forEach((flag, k) => {
    setFlagsFromString(`--${values[k] ? '' : 'no-'}${flag}`);
  });
}

function read(name: string): Uint8Array<ArrayBuffer> {
  return readFileSync(new URL(`../../wasm/${name}`, import.meta.url));
}
