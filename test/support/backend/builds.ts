/** The builds of the kernels as they lie in `dist/wasm`. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

export const PORTABLE = ['unetpp', 'unetpp-wide', 'unetpp-shared', 'unetpp-shared-wide'];
export const RELAXED = ['unetpp-relaxed', 'unetpp-relaxed-wide', 'unetpp-shared-relaxed', 'unetpp-shared-relaxed-wide'];

/** Seen from `dist/test/support`. */
export function codeOf(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../../wasm/${name}.wasm`, import.meta.url)));
}

/** Compiled without the vectoriser. */
export function compileBuild(name: string): WebAssembly.Module {
  const flagged = process.versions.node.startsWith('20.');
  if (flagged) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const module = new WebAssembly.Module(codeOf(name));
  if (flagged) setFlagsFromString('--no-experimental-wasm-relaxed-simd');
  return module;
}
