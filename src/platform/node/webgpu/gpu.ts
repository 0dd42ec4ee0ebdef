/** The entry to WebGPU in Node: Dawn, in the optional package `webgpu`, which is loaded only when it is asked for. */
import { NoDeviceError } from '../../../backend/webgpu/device.js';

/** A bundler leaves a package alone whose name it cannot read: it has native code, and may be missing. */
const PACKAGE: string = 'webgpu';

/**
 * The entry, once for the process, and never let go: Dawn ends with it, and a device without Dawn ends the process. It
 * does not keep the process from ending.
 */
let gpu: Promise<GPU> | undefined;

/** @throws NoDeviceError where the package is not installed, or does not run here */
export function nodeGpu(): Promise<GPU> {
  gpu ??= load();
  return gpu;
}

async function load(): Promise<GPU> {
  try {
    const { create }: typeof import('webgpu') = await import(PACKAGE);
    return create([]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND';
    const reason = missing ? 'is not installed' : `cannot be loaded: ${message}`;
    throw new NoDeviceError(
      `the optional package "webgpu" ${reason}`,
      missing ? 'run "npm install webgpu"' : 'install it again on this machine',
    );
  }
}
