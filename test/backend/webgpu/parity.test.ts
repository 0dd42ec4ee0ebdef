/** The WebGPU backend computes what the float64 reference computes, within the limits that every WebGPU has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cases } from '../../../src/selftest/cases.js';
import { expectation, parityFaults } from '../../support/backend/parity.js';
import { testWebGpu } from '../../support/backend/webgpu.js';

const backend = await testWebGpu();

test('a driver is installed where the tests of the project run', () => {
  assert.ok(backend || !process.env.CI, 'install Mesa (mesa-vulkan-drivers), as .ci/run does');
});

if (backend) {
  for (const c of cases) {
    test(`${c.family}: ${c.label}`, async () => {
      assert.equal(await parityFaults(backend, await expectation(c)), []);
    });
  }
  test.after(() => backend.close());
}

test.run();
