/** A GPU that is lost under the page: what was asked for is done on another one. */
import * as assert from 'uvu/assert';
import type { EngineFacts } from '../../../site/engine/protocol.js';
import { fragileDevices } from '../../support/backend/fragile-device.js';
import { testGpu, testWebGpu } from '../../support/backend/webgpu.js';
import { events, suiteWithEngine } from '../../support/site/engine.js';

const SMALL = { epochs: '2', filters: '2,4', size: '32', splitSizes: '12,4,0', seed: '9' };

const test = suiteWithEngine('engine: lost backend');
const driver = await testWebGpu();
driver?.close();

if (driver) {
  const devices = fragileDevices(await testGpu());

  test('a training goes on, with one line of it, and its model is tried on another device', async ({ engine }) => {
    const facts: EngineFacts = await engine.start({ backend: 'webgpu', threads: 1 });
    assert.ok(facts.adapter);
    const remarks: string[] = [];
    let steps = 0;
    const losing = events({
      remark: (text) => void remarks.push(text),
      step: () => {
        if (++steps === 5) devices.lose();
      },
    });
    const { result, model } = await engine.train(undefined, SMALL, losing);
    const undisturbed = await engine.train(undefined, SMALL, events());
    assert.is(result.weightsSha256, undisturbed.result.weightsSha256);
    assert.equal(
      remarks.filter((line) => line.includes('lost')),
      ['webgpu: the device was lost (the driver was reset); with another one, the training goes on in epoch 2'],
    );

    await engine.openModel({ run: result.run });
    const { id } = await engine.openImage({ sample: 'validation-0000' });
    const before = await engine.compare(id, 0);
    await engine.start({ backend: 'webgpu', threads: 1 });
    devices.lose();
    const after = await engine.compare(id, 0);
    const told = (heads: typeof before) => heads.map(({ milliseconds: _, ...same }) => same);
    assert.equal(told(after), told(before));
    assert.is(model?.weightsSha256, result.weightsSha256);
    await engine.start({ backend: 'wasm', threads: 1 });
  });
}

test.run();
