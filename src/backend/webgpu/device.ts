/** The device: how one is asked for, what it can do, and what its loss means. */
import { InputError } from '../../base/errors.js';
import { BackendLostError } from '../lost.js';

/** The device is gone (a driver was reset, a page put to sleep): a new backend on a new device can go on. */
export class DeviceLostError extends BackendLostError {
  override readonly name = 'DeviceLostError';
}

/** There is no device to compute on. Why, and what to do about it, are told apart for those who say it in other words. */
export class NoDeviceError extends InputError {
  constructor(
    readonly reason: string,
    readonly remedy: string,
  ) {
    super(`webgpu: ${reason}; ${remedy}, or take the wasm backend`);
  }
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
  /** Whether the adapter is a program that does on the processor what a GPU would do. */
  readonly software: boolean;
}

/** Adapters that are programs, where they do not say so themselves. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|basic render/i;

/** What bounds one buffer, and one binding of it. */
const SIZES = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/**
 * Asks for a device.
 * @param gpu `navigator.gpu`, which some browsers and insecure pages lack, or that of another implementation
 * @throws NoDeviceError where there is no WebGPU, no adapter, or it gives no device
 */
export async function openDevice(
  gpu: GPU | undefined,
  { limits = 'adapter' }: DeviceOptions = {},
): Promise<OpenDevice> {
  if (!gpu) throw new NoDeviceError('this page has no navigator.gpu', 'take a browser with WebGPU, over HTTPS');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new NoDeviceError('no adapter was found', 'install or update the driver of the GPU');
  const larger = SIZES.map((name) => [name, adapter.limits[name]] as const);
  const device = await adapter
    .requestDevice(limits === 'adapter' ? { requiredLimits: Object.fromEntries(larger) } : {})
    .catch((error: Error) => {
      throw new NoDeviceError(`the adapter gives no device: ${error.message}`, 'update the driver of the GPU');
    });
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(', ') || 'unnamed';
  return { device, adapter: name, software: isFallbackAdapter || SOFTWARE.test(name) };
}
