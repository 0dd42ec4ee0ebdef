/** WebGPU cannot bind a buffer twice: where outputs lie on inputs, shaders read them through the bindings of the outputs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { updates } from '../../../src/selftest/cases/optimizer.js';
import { inPlaceFaults } from '../../support/backend/in-place.js';
import { testWebGpu } from '../../support/backend/webgpu.js';

const backend = await testWebGpu();

if (backend) {
  for (const c of updates) {
    test(`parameters and state are updated where they lie: ${c.label}`, async () => {
      assert.equal(await inPlaceFaults(backend, c), []);
    });
  }
  test.after(() => backend.close());
}

test.run();
