/** The WebGPU backend in a browser. */
import { openDevice } from '../../../backend/webgpu/device.js';

/** The adapter that a backend would compute on. @throws NoDeviceError where there is none */
export async function findAdapter(): Promise<{ readonly adapter: string; readonly software: boolean }> {
  const { device, adapter, software } = await openDevice(navigator.gpu);
  device.destroy();
  return { adapter, software };
}
