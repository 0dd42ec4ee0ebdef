/** The device: how one is asked for, what it can do, and what its loss means. */
import { InputError } from '../../base/errors.js';

/** The device is gone (a driver was reset, a page put to sleep): a new backend on a new device can go on. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
}

export interface DeviceOptions {
  /** Which limits to ask for: those that every WebGPU has, or for large buffers those of the adapter. Default: 'adapter'. */
  readonly limits?: 'default' | 'adapter';
}

/** A device, and the name of its adapter. */
export interface OpenDevice {
  readonly device: GPUDevice;
  /** Vendor, architecture and description, as far as they are told. */
  readonly adapter: string;
}

/** What bounds one buffer, and one binding of it. */
const SIZES = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/**
 * Asks for a device.
 * @param gpu `navigator.gpu`, or that of another implementation
 * @throws InputError where there is no adapter, or it gives no device
 */
export async function openDevice(gpu: GPU, { limits = 'adapter' }: DeviceOptions = {}): Promise<OpenDevice> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new InputError(
      'webgpu: no adapter was found; install or update the driver of the GPU, or take the wasm backend',
    );
  }
  const larger = SIZES.map((name) => [name, adapter.limits[name]] as const);
  const device = await adapter
    .requestDevice(limits === 'adapter' ? { requiredLimits: Object.fromEntries(larger) } : {})
    .catch((error: Error) => {
      throw new InputError(`webgpu: the adapter gives no device: ${error.message}`);
    });
  const { vendor, architecture, description } = adapter.info;
  return { device, adapter: [vendor, architecture, description].filter(Boolean).join(', ') || 'unnamed' };
}
