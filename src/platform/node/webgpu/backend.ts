/** The WebGPU backend in Node. */
import { WebGpuBackend } from '../../../backend/webgpu/backend.js';
import { type DeviceOptions, openDevice } from '../../../backend/webgpu/device.js';
import { nodeGpu } from './gpu.js';

export interface WebGpuOptions extends DeviceOptions {}

/**
 * Makes a backend on a device of its own.
 * @throws NoDeviceError, an InputError, where the package `webgpu`, an adapter or a device is missing
 */
export async function createWebGpuBackend(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  return new WebGpuBackend(await openDevice(await nodeGpu(), options));
}

/** The adapter that a backend would compute on. @throws as `createWebGpuBackend` does */
export async function findAdapter(): Promise<{ readonly adapter: string; readonly software: boolean }> {
  const { device, adapter, software } = await openDevice(await nodeGpu());
  device.destroy();
  return { adapter, software };
}
