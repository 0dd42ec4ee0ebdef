/** The runner that travels with a network exported for the edge: files of `edge`, which belong to no module of the library. */
import { readFileSync } from 'node:fs';
import { packageFile } from './package-files.js';

/** What edge/runner.js defines. */
export interface EdgeRunner {
  readonly Network: new (files: EdgeFiles) => EdgeNetwork;
}

/** The bytes of the files of an export. */
export interface EdgeFiles {
  readonly plan: Uint8Array;
  readonly kernels: Uint8Array | WebAssembly.Module;
  readonly weights: Uint8Array;
}

export interface EdgeNetwork {
  run(image: Float32Array): Float32Array;
  test(input: Uint8Array, expected: Uint8Array): Float32Array;
}

const FILES = ['runner.js', 'run.mjs'];
const C_FILES = ['unetpp_runtime.h', 'model_weights.c', 'main.c', 'Makefile'];

/** The text of the runner's files, by name. */
export function readEdgeRunner(): Record<string, Uint8Array> {
  return Object.fromEntries(FILES.map((name) => [name, Uint8Array.from(readFileSync(fileOf(name)))]));
}

/** The text of the files of a program in C that are the same for every network, by name. */
export function readCRuntime(): Record<string, Uint8Array> {
  return Object.fromEntries(C_FILES.map((name) => [name, Uint8Array.from(readFileSync(fileOf(`c/${name}`)))]));
}

/** Loads the runner as it is copied into exports. */
export async function loadEdgeRunner(): Promise<EdgeRunner> {
  await import(fileOf('runner.js').href);
  return (globalThis as unknown as { unetppEdge: EdgeRunner }).unetppEdge;
}

function fileOf(name: string): URL {
  return packageFile(`../edge/${name}`);
}
