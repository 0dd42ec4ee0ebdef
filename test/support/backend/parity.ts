/** Parity as the tests ask for it: in memory full of NaN, and where the backend allows it with tensors at odd offsets. */
import type { Backend } from '../../../src/backend/backend.js';
import { WebGpuBackend } from '../../../src/backend/webgpu/backend.js';
import { type Expectation, examine, expectation } from '../../../src/selftest/parity.js';
import { poison } from './poison.js';

export { expectation };

/** What `backend` does wrong; empty where all is well. */
export async function parityFaults(backend: Backend, expectation: Expectation): Promise<string[]> {
  // A GPU binds windows at multiples of its alignment, the others compute anywhere.
  const unit = backend instanceof WebGpuBackend ? backend.alignment : 1;
  const { faults } = await examine(backend, expectation, { unit, prepare: poison });
  return faults.map(({ text }) => text);
}
