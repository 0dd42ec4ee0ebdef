/** The check before a GPU is used: it passes sound backends, and names the op that one computes wrongly. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../../../src/backend/webgpu/kernels/index.js';
import { checkWebGpu } from '../../../src/backend/webgpu/self-check.js';
import { createBackend } from '../../../src/index.js';
import { wasmBackend } from '../../support/backend/backends.js';
import { falsified } from '../../support/backend/falsified-backend.js';
import { QueuedBackend } from '../../support/backend/queued-backend.js';
import { testWebGpu } from '../../support/backend/webgpu.js';
import { rejection } from '../../support/throws.js';

const wasm = wasmBackend();
const gpu = await testWebGpu();

const ADVICE = 'take the wasm backend, and report what `unetpp selftest --backend webgpu` prints';

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
    const what = `${wasm.name}: ${op} gives wrong numbers on this GPU (${check})`;
    assert.is(await rejection(checkWebGpu(falsified(wasmBackend(), op), wasm)), `${what}; ${ADVICE}`);
  });
}

test('a backend that is made for use is checked, unless that is switched off', async () => {
  if (!gpu) return;
  const { softmax } = kernels;
  // It writes nothing.
  Object.assign(kernels, { softmax: { ...softmax, dispatches: () => [] } });
  try {
    const refusal = await rejection(createBackend('webgpu'));
    assert.is(refusal, `${gpu.name}: softmax gives wrong numbers on this GPU (upsampling and softmax); ${ADVICE}`);
    (await createBackend('webgpu', { check: false })).close();
  } finally {
    Object.assign(kernels, { softmax });
  }
  (await createBackend('webgpu')).close();
});

test.after(() => gpu?.close());
test.run();
