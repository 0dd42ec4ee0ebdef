/** Asking for a device: what is refused, and what is told of the adapter. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DeviceOptions, openDevice } from '../../../src/backend/webgpu/device.js';
import { rejection } from '../../support/throws.js';

const LIMITS = { maxBufferSize: 2 ** 32, maxStorageBufferBindingSize: 2 ** 31 };

/** WebGPU with an adapter that describes itself so, and notes which limits it is asked for. */
function gpuOf(info: Partial<GPUAdapterInfo>, asked: object[] = []): GPU {
  const requestDevice = async (options: object) => {
    asked.push(options);
    return {};
  };
  return { requestAdapter: async () => ({ info, limits: LIMITS, requestDevice }) } as unknown as GPU;
}

test('without WebGPU, an adapter or a device: one line that says why, and what to do', async () => {
  const none = { requestAdapter: async () => null } as unknown as GPU;
  const requestDevice = async () => {
    throw new Error('it is busy');
  };
  const busy = { requestAdapter: async () => ({ limits: LIMITS, requestDevice }) } as unknown as GPU;
  const refusal = async (gpu: GPU | undefined) => rejection(openDevice(gpu));
  const or = 'or take the wasm backend';
  assert.is(
    await refusal(undefined),
    `webgpu: this page has no navigator.gpu; take a browser with WebGPU, over HTTPS, ${or}`,
  );
  assert.is(await refusal(none), `webgpu: no adapter was found; install or update the driver of the GPU, ${or}`);
  assert.is(
    await refusal(busy),
    `webgpu: the adapter gives no device: it is busy; update the driver of the GPU, ${or}`,
  );
});

test('an adapter is told by what it says of itself, and a program from a GPU', async () => {
  const told = async (info: Partial<GPUAdapterInfo>) => {
    const { adapter, software } = await openDevice(gpuOf(info));
    return [adapter, software];
  };
  assert.equal(await told({ vendor: 'nvidia', architecture: 'ada' }), ['nvidia, ada', false]);
  assert.equal(await told({}), ['unnamed', false]);
  assert.equal(await told({ vendor: 'mesa', isFallbackAdapter: true }), ['mesa', true]);
  assert.equal(await told({ vendor: 'google', description: 'SwiftShader Device' }), [
    'google, SwiftShader Device',
    true,
  ]);
});

test('sizes of buffers are asked for as large as the adapter has them, or left at the default', async () => {
  const asked: object[] = [];
  for (const limits of ['adapter', 'default'] satisfies DeviceOptions['limits'][]) {
    await openDevice(gpuOf({}, asked), { limits });
  }
  assert.equal(asked, [{ requiredLimits: LIMITS }, {}]);
});

test.run();
