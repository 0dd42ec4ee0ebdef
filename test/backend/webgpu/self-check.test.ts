/** The check before a GPU is used: it passes sound backends, and names the op that one computes wrongly. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkWebGpu } from '../../../src/backend/webgpu/self-check.js';
import { InputError } from '../../../src/base/errors.js';
import { wasmBackend } from '../../support/backend/backends.js';
import { falsified } from '../../support/backend/falsified-backend.js';
import { QueuedBackend } from '../../support/backend/queued-backend.js';
import { testWebGpu } from '../../support/backend/webgpu.js';

const wasm = wasmBackend();
const gpu = await testWebGpu();

test('sound backends pass, those that do everything later, too', async () => {
  await checkWebGpu(new QueuedBackend());
  await checkWebGpu(new QueuedBackend(), wasm);
  if (gpu) await checkWebGpu(gpu, wasm);
});

for (const [op, check] of [
  ['conv2d', 'conv2d (Winograd)'],
  ['conv2dGradInput', 'conv2d (Winograd)'],
  ['conv2dGradWeight', 'conv2d (Winograd)'],
  ['convTranspose2dGradWeight', 'convTranspose2d'],
  ['maxPool2dGrad', 'pooling and loss'],
  ['normalise', 'batch norm'],
  ['softmax', 'upsampling and softmax'],
  ['adam', 'adam'],
] as const) {
  test(`${op} that is computed wrongly is named`, async () => {
    const backend = falsified(wasmBackend(), op);
    try {
      await checkWebGpu(backend, wasm);
    } catch (error) {
      assert.instance(error, InputError);
      const advice = 'take the wasm backend, and report what `unetpp selftest --backend webgpu` prints';
      const what = `${op} gives wrong numbers on this GPU (${check})`;
      assert.is((error as Error).message, `${wasm.name}: ${what}; ${advice}`);
      return;
    }
    assert.unreachable('it is found out');
  });
}

test.after(() => gpu?.close());
test.run();
