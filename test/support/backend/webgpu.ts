/** The WebGPU backend under test: on the driver that the environment names, else on Mesa's lavapipe, which needs no GPU. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WebGpuBackend } from '../../../src/backend/webgpu/backend.js';
import { type DeviceOptions, openDevice } from '../../../src/backend/webgpu/device.js';
import { nodeGpu } from '../../../src/platform/node/webgpu/gpu.js';
import { type Faults, type FragileDevice, fragile } from './fragile-device.js';

const DRIVERS = '/usr/share/vulkan/icd.d';

/** Points Vulkan to lavapipe, where it is installed and nobody has named another driver; processes that are started, too. */
export function chooseDriver(): void {
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES || !existsSync(DRIVERS)) return;
  const lavapipe = readdirSync(DRIVERS).find((name) => name.startsWith('lvp_'));
  if (lavapipe) process.env.VK_ICD_FILENAMES = join(DRIVERS, lavapipe);
}

/** The entry to WebGPU, by the package `webgpu`. */
export function testGpu(): Promise<GPU> {
  chooseDriver();
  return nodeGpu();
}

/** A backend with the limits that every WebGPU has, on a device with faults. */
export async function fragileWebGpu(faults: Faults = {}): Promise<FragileDevice & { readonly backend: WebGpuBackend }> {
  const { device, ...adapter } = await openDevice(await testGpu(), { limits: 'default' });
  const made = fragile(device, faults);
  return { ...made, backend: new WebGpuBackend({ device, ...adapter }) };
}

/** Makes a backend, by default with the limits that every WebGPU has; undefined, with a visible note, without a driver. */
export async function testWebGpu(options: DeviceOptions = { limits: 'default' }): Promise<WebGpuBackend | undefined> {
  try {
    return new WebGpuBackend(await openDevice(await testGpu(), options));
  } catch (error) {
    console.log(`note: WebGPU is not tested here: ${(error as Error).message}`);
    return undefined;
  }
}
