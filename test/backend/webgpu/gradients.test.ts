/** Every gradient that WebGPU computes agrees with finite differences of the float64 reference. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cases } from '../../../src/selftest/cases.js';
import { gradientError } from '../../support/backend/gradient-check.js';
import { testWebGpu } from '../../support/backend/webgpu.js';

/** Of what float32 rounds: a sum over thousands of products is off by some of their last digits. */
const LARGEST_ERROR = 1e-4;

const backend = await testWebGpu();

for (const c of backend ? cases : []) {
  if (c.differentiable.length === 0 || c.kinked) continue;
  test(`${c.family}: ${c.label}`, async () => {
    const error = await gradientError(c, backend);
    assert.ok(error < LARGEST_ERROR, `the gradient is off by ${error}`);
  });
}

test('it is a GPU that is tested, or a note says why not', () => {
  assert.ok(backend || !process.env.CI);
});

test.after(() => backend?.close());
test.run();
