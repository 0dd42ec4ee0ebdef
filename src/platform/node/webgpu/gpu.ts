/** The entry to WebGPU in Node: Dawn, in the optional package `webgpu`, which is loaded only when it is asked for. */
import { InputError } from '../../../base/errors.js';

/** The entry, once for the process, and never let go: Dawn ends with it. */
let gpu: Promise<GPU> | undefined;

/** @throws InputError where the package is not installed, or does not run here */
export function nodeGpu(): Promise<GPU> {
  gpu ??= import('webgpu').then(
    ({ create }) => create([]),
    ({ message }: Error) => {
      throw new InputError(
        `webgpu: the optional package "webgpu" cannot be loaded: ${message}; run "npm install webgpu"`,
      );
    },
  );
  return gpu;
}
