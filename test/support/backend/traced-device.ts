/** A device whose calls are written down in their order. It is changed in place; see fragile-device.ts. */

export type DeviceCall = 'write' | 'dispatches' | 'copies' | 'map' | 'mapped';

/**
 * Writes down what a device is asked for from now on. A submission counts as dispatches where it has a pass, else as copies.
 * @param mayAnswer a result is mapped only when this is fulfilled, too
 */
export function trace(device: GPUDevice, mayAnswer: () => Promise<unknown> = async () => {}): DeviceCall[] {
  const calls: DeviceCall[] = [];
  const { createBuffer, createCommandEncoder, queue } = device;
  // Each time that it is asked for, the queue is another object.
  Object.defineProperty(device, 'queue', { value: queue });
  const { writeBuffer, submit } = queue;
  let computes = false;
  queue.writeBuffer = (...values) => {
    calls.push('write');
    return writeBuffer.apply(queue, values);
  };
  queue.submit = (commands) => {
    calls.push(computes ? 'dispatches' : 'copies');
    computes = false;
    return submit.call(queue, commands);
  };
  device.createCommandEncoder = () => {
    const encoder = createCommandEncoder.call(device);
    const { beginComputePass } = encoder;
    encoder.beginComputePass = () => {
      computes = true;
      return beginComputePass.call(encoder);
    };
    return encoder;
  };
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer.call(device, descriptor);
    const { mapAsync } = buffer;
    buffer.mapAsync = async (mode) => {
      calls.push('map');
      await Promise.all([mapAsync.call(buffer, mode), mayAnswer()]);
      calls.push('mapped');
    };
    return buffer;
  };
  return calls;
}
