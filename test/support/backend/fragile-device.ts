/**
 * Devices with faults that no software driver has when a test needs them. What they do not touch is the device's own: it is
 * changed in place, as an object that stands for another is refused by the API.
 */
import { setTimeout } from 'node:timers/promises';

export interface Faults {
  /** Whether a lost device says so only after what was under way has failed. */
  readonly lateNews?: boolean;
  /** There is no room for buffers of more bytes. */
  readonly room?: number;
  /** Limits that are lower than those of the device. */
  readonly limits?: Partial<Record<'maxBufferSize' | 'maxStorageBufferBindingSize', number>>;
}

export interface FragileDevice {
  readonly device: GPUDevice;
  /** Loses the device, as a driver does that is reset. */
  lose(): void;
}

/** The loss as it is told: other than by `destroy`. */
const LOSS = { reason: 'unknown', message: 'the driver was reset' } as const;

export function fragile(device: GPUDevice, { lateNews = false, room, limits }: Faults = {}): FragileDevice {
  const lost = device.lost.then(async () => {
    if (lateNews) await setTimeout(0);
    return LOSS;
  });
  Object.defineProperty(device, 'lost', { value: lost });
  if (limits) replaceLimits(device, limits);
  if (room !== undefined) takeRoom(device, room);
  return { device, lose: () => device.destroy() };
}

function replaceLimits(device: GPUDevice, lower: object): void {
  const own = device.limits;
  const limits = new Proxy(own, {
    get: (_, name) => Reflect.get(lower, name) ?? Reflect.get(own, name, own),
  });
  Object.defineProperty(device, 'limits', { value: limits });
}

/** Answers scopes of errors with a lack of memory where a buffer in them is too large. */
function takeRoom(device: GPUDevice, room: number): void {
  const { pushErrorScope, popErrorScope, createBuffer } = device;
  const scopes: boolean[] = [];
  device.pushErrorScope = (filter) => {
    scopes.push(false);
    return pushErrorScope.call(device, filter);
  };
  device.createBuffer = (descriptor) => {
    if (descriptor.size > room) scopes[scopes.length - 1] = true;
    return createBuffer.call(device, descriptor);
  };
  device.popErrorScope = async () => {
    const failed = scopes.pop();
    const error = await popErrorScope.call(device);
    return failed ? ({ message: 'no room' } as GPUOutOfMemoryError) : error;
  };
}

export interface FragileDevices {
  /** Loses the newest device. */
  lose(): void;
  /** There are no further devices. */
  end(): void;
}

/** Makes all devices fragile that are asked for from now on. */
export function fragileDevices(gpu: GPU): FragileDevices {
  const { requestAdapter } = gpu;
  let newest: FragileDevice | undefined;
  let ended = false;
  gpu.requestAdapter = async (options) => {
    const adapter = ended ? null : await requestAdapter.call(gpu, options);
    if (!adapter) return null;
    const { requestDevice } = adapter;
    adapter.requestDevice = async (descriptor) => {
      newest = fragile(await requestDevice.call(adapter, descriptor));
      return newest.device;
    };
    return adapter;
  };
  return {
    lose: () => newest?.lose(),
    end: () => {
      ended = true;
    },
  };
}
