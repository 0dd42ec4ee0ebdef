/** What may go wrong with a device, as the errors that those are told of who wait for it. */
import { InputError } from '../../base/errors.js';
import { type Buffers, LESS } from './buffers.js';
import { DeviceLostError } from './device.js';
import type { Timeline } from './timeline.js';

/** Ends the timeline of a device with what goes wrong with it. */
export function watchFaults(device: GPUDevice, timeline: Timeline, buffers: Buffers): void {
  device.addEventListener('uncapturederror', async (event) => {
    const { error } = event;
    // Otherwise it is printed, by Dawn to stdout, where results are.
    event.preventDefault();
    // Whatever is done with a buffer that there was no room for is an error, too, but not the one to be told of.
    await buffers.settled();
    timeline.fail(faultOf(error));
  });
  void device.lost.then(({ message }) => {
    timeline.fail(new DeviceLostError(`webgpu: the device was lost (${message || 'no reason is given'})`));
  });
}

function faultOf(error: GPUError): Error {
  // Not every implementation has its classes among the globals.
  const outOfMemory = error.constructor.name === 'GPUOutOfMemoryError';
  if (outOfMemory) return new InputError(`webgpu: the GPU has no more memory (${error.message}); ${LESS}`);
  return new Error(`internal: WebGPU: ${error.message}`);
}
