/** What is told of a device in reports, as plain data. */
import type { OpenDevice } from './device.js';

/** The limits that kernels and plans depend on. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
  'minStorageBufferOffsetAlignment',
] as const;

export interface DeviceFacts {
  /** Vendor, architecture and description, as far as they are told; the description often names the driver. */
  readonly adapter: string;
  /** Those that the backend asked for, which may be less than the adapter has. */
  readonly limits: Readonly<Record<(typeof LIMITS)[number], number>>;
}

export function describeDevice({ device, adapter }: OpenDevice): DeviceFacts {
  const limits = Object.fromEntries(LIMITS.map((name) => [name, device.limits[name]])) as DeviceFacts['limits'];
  return { adapter, limits };
}
