/**
 * Compiles the kernels for this Node. V8 from Node 24 on can fuse pairs of vectors into 256 bits
 * (`--experimental-wasm-revectorize`), which nearly doubles the speed of the convolutions and changes no bit. The flag
 * is experimental: it is on only while the module is compiled, its results are compared with those of the plain build,
 * and a difference switches it off with a warning.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { selfCheck } from './self-check.js';

export interface WasmOptions {
  /** Default: true. False, or the environment variable UNETPP_VECTORISER=0, leaves the vectoriser alone. */
  readonly vectoriser?: boolean;
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

let plain: WebAssembly.Module | undefined;
let vectorised: CompiledWasm | undefined;

/** The module, compiled once in a process. */
export function compileWasm(options: WasmOptions = {}): CompiledWasm {
  plain ??= new WebAssembly.Module(read('unetpp.wasm'));
  const wanted = (options.vectoriser ?? true) && process.env.UNETPP_VECTORISER !== '0';
  if (!wanted || Number.parseInt(process.versions.node, 10) < FIRST_NODE) return { module: plain, vectoriser: false };
  vectorised ??= compileVectorised(plain);
  return vectorised;
}

function compileVectorised(fallback: WebAssembly.Module): CompiledWasm {
  setFlags(WANTED);
  let wide: WebAssembly.Module;
  try {
    wide = new WebAssembly.Module(read('unetpp-wide.wasm'));
  } finally {
    setFlags(DEFAULT);
  }
  const difference = selfCheck(wide, fallback);
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
