/** What a training step is on a GPU: writes, dispatches in few submissions, and a small read that nobody waits for. */
import { setImmediate as nextTask } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel, type ModelConfig, trainModel } from '../../src/index.js';
import { type DeviceCall, trace } from '../support/backend/traced-device.js';
import { fragileWebGpu, testWebGpu } from '../support/backend/webgpu.js';
import { squares } from '../support/training/squares.js';

const STEPS = 4;
/** More turns of the event loop than whatever does not wait takes to its next call. */
const PATIENCE = 2000;

const driver = await testWebGpu();
driver?.close();

/**
 * The calls of an epoch of training, before its validation, when all pipelines are compiled. A result is held back until
 * nothing has been asked of the device for long: whatever can be done without it is done before.
 */
async function callsOf(config: Partial<ModelConfig>): Promise<DeviceCall[]> {
  const { backend, device } = await fragileWebGpu();
  const model = createModel({ filters: [2, 3], ...config }, { backend });
  let watching = false;
  const calls = trace(device, async () => {
    let seen = -1;
    for (let idle = 0; watching && idle < PATIENCE; idle++) {
      if (calls.length !== seen) idle = 0;
      seen = calls.length;
      await nextTask();
    }
  });
  const training = trainModel(model, squares({ train: 2 * STEPS, size: 8 }), {
    epochs: 2,
    batch: 2,
    microBatch: 2,
    onProgress({ phase }) {
      watching &&= phase === 'training';
    },
  });
  let all: DeviceCall[] = [];
  for await (const { epoch } of training) {
    if (epoch === 2) all = calls.splice(0);
    calls.length = 0;
    watching = true;
  }
  backend.close();
  return all;
}

/** How many results had come when the read of each step was asked for, whose dispatches are submitted by then. */
function resultsBefore(calls: readonly DeviceCall[]): number[] {
  const reads = calls.flatMap((call, k) => (call === 'map' ? [k] : []));
  return reads.slice(0, STEPS).map((k) => calls.slice(0, k).filter((call) => call === 'mapped').length);
}

if (driver) {
  test('a step is its inputs, dispatches, one read and the optimizer; its result comes when the next is submitted', async () => {
    const calls = await callsOf({});
    assert.equal(resultsBefore(calls), [0, 0, 1, 2]);
    const asked = calls.filter((call) => call !== 'mapped').join(' ');
    // The gradients are copied to those of the mini-batch, and the results to where they are read.
    const step = 'write write write dispatches dispatches copies copies map write dispatches';
    assert.match(asked, new RegExp(`^${Array(STEPS).fill(step).join(' ')}`));
  });

  test('running statistics are waited for, as the next step begins with them', async () => {
    assert.equal(resultsBefore(await callsOf({ norm: 'batch' })), [0, 1, 2, 3]);
  });
}

test.run();
