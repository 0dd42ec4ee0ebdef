/** What is the same in every program in C: files of `edge/c`, which belong to no module of the library. */
import { readFileSync } from 'node:fs';
import { packageFile } from './package-files.js';

const FILES = ['unetpp_runtime.h', 'model_weights.c', 'main.c', 'Makefile'];

/** The text of these files, by name. */
export function readCRuntime(): Record<string, Uint8Array> {
  return Object.fromEntries(
    FILES.map((name) => [name, Uint8Array.from(readFileSync(packageFile(`../edge/c/${name}`)))]),
  );
}
