/** What exports for the edge are made of: the kernels, and the runner in `edge`, which belongs to no module of the library. */
import { readFileSync } from 'node:fs';
import type { EdgeRunner } from '../edge-runner.js';
import { packageFile, readKernels } from './package-files.js';

const FILES = ['runner.js', 'run.mjs'];

/** The text of the runner's files, by name. */
export async function readEdgeRunner(): Promise<Record<string, Uint8Array>> {
  return Object.fromEntries(FILES.map((name) => [name, Uint8Array.from(readFileSync(fileOf(name)))]));
}

/** Loads the runner as it is copied into exports. */
export async function loadEdgeRunner(): Promise<EdgeRunner> {
  await import(fileOf('runner.js').href);
  return (globalThis as unknown as { unetppEdge: EdgeRunner }).unetppEdge;
}

/** The kernels that exports are cut down from. */
export async function readEdgeKernels(): Promise<Uint8Array<ArrayBuffer>> {
  return readKernels('unetpp');
}

function fileOf(name: string): URL {
  return packageFile(`../edge/${name}`);
}
