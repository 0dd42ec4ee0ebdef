/** The WebGPU backend in a browser. */
import type { Backend } from '../../../backend/backend.js';
import type { WebGpuBackend } from '../../../backend/webgpu/backend.js';
import { type DeviceOptions, openDevice } from '../../../backend/webgpu/device.js';
import { checkWebGpu } from '../../../backend/webgpu/self-check.js';

export interface WebGpuOptions extends DeviceOptions {
  /** Whether each kind of kernel is compared with WebAssembly before the backend is used. Default: true. */
  readonly check?: boolean;
}

/**
 * Makes a backend on a device of its own.
 * @param wasm makes the backend that it is compared with
 * @throws NoDeviceError, an InputError, where the browser has no WebGPU, or an adapter or a device is missing
 * @throws InputError where a kernel gives wrong numbers on this GPU
 */
export async function createWebGpuBackend(
  wasm: () => Backend,
  { check = true, ...options }: WebGpuOptions = {},
): Promise<WebGpuBackend> {
  const device = await openDevice(navigator.gpu, options);
  // The shaders are a good part of what a page loads; most pages do without.
  const { WebGpuBackend } = await import('../../../backend/webgpu/backend.js');
  const backend = new WebGpuBackend(device);
  if (!check) return backend;
  try {
    await checkWebGpu(backend, wasm());
    return backend;
  } catch (error) {
    backend.close();
    throw error;
  }
}

/** The adapter that a backend would compute on. @throws as `createWebGpuBackend` does */
export async function findAdapter(): Promise<{ readonly adapter: string; readonly software: boolean }> {
  const { device, adapter, software } = await openDevice(navigator.gpu);
  device.destroy();
  return { adapter, software };
}
