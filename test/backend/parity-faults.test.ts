/** The parity test catches broken kernels: each of these faults has been seen in real libraries. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../../reference/index.js';
import type { Kernel } from '../../reference/kernel.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import type { OpName } from '../../src/ops/index.js';
import type { Case } from '../../src/selftest/case.js';
import { cases } from '../../src/selftest/cases.js';
import { expectation, parityFaults } from '../support/backend/parity.js';

type AnyKernel = Kernel<unknown>;

/** The faults reported for `c` when the kernel of `op` is replaced by `broken`, which may call the true one. */
async function faultsOf(c: Case, op: OpName, broken: (kernel: AnyKernel) => AnyKernel): Promise<string[]> {
  const expected = await expectation(c);
  const table = kernels as unknown as Record<string, AnyKernel>;
  const kernel = table[op]!;
  table[op] = broken(kernel);
  try {
    return await parityFaults(new ReferenceBackend('float32'), expected);
  } finally {
    table[op] = kernel;
  }
}

const caseOf = (label: string): Case => {
  const found = cases.find((c) => c.label === label);
  assert.ok(found, label);
  return found!;
};

const CONV = caseOf('conv2d 3x3 1x40x36, 24 -> 40');
const SUM = caseOf('weightedSum of 2, 17');
const SIGMOID = caseOf('sigmoid 17');

test('the true kernels have no faults', async () => {
  assert.equal(await faultsOf(CONV, 'conv2d', (kernel) => kernel), []);
});

test('one element off by 1e-3 of the scale', async () => {
  const faults = await faultsOf(CONV, 'conv2d', (kernel) => (geometry, inputs, outputs) => {
    kernel(geometry, inputs, outputs);
    const y = outputs[0]!;
    y[1234] += 1e-3 * Math.max(...Float64Array.from(y, Math.abs));
  });
  assert.is(faults.length, 1);
  assert.match(faults[0]!, /^output 0: element 1234 of 57600 is .*, expected .*: off by 1\.0e-3 of the scale /);
});

test('an error in a gradient only', async () => {
  const faults = await faultsOf(CONV, 'conv2dGradWeight', (kernel) => (geometry, inputs, outputs) => {
    kernel(geometry, inputs, outputs);
    outputs[1]![39] *= 1.01;
  });
  assert.is(faults.length, 1);
  assert.match(faults[0]!, /^gradient of input 2: element 39 of 40 is /);
});

test('an element that is not written', async () => {
  const faults = await faultsOf(SUM, 'weightedSum', (kernel) => (geometry, inputs, outputs) => {
    const last = outputs[0]!.at(-1)!;
    kernel(geometry, inputs, outputs);
    outputs[0]![16] = last;
  });
  assert.match(faults[0]!, /^output 0: element 16 of 17 is NaN, expected /);
});

test('an output that is added to instead of overwritten', async () => {
  const faults = await faultsOf(SIGMOID, 'sigmoidGrad', (kernel) => (geometry, inputs, outputs) => {
    const before = outputs[0]!.slice();
    kernel(geometry, inputs, outputs);
    outputs[0]!.set(outputs[0]!.map((value, i) => value + before[i]!));
  });
  assert.match(faults[0]!, /^gradient of input 0: element \d+ of 17 is /);
});

/** The same array, longer by `extra` elements, as a kernel sees it that runs over its end. */
const beyond = (values: Float32Array | Float64Array, extra: number): Float32Array =>
  new Float32Array(values.buffer, values.byteOffset, values.length + extra);

test('a vector tail that writes beyond its output', async () => {
  const faults = await faultsOf(SUM, 'weightedSum', (kernel) => (geometry, inputs, outputs) => {
    kernel(geometry, inputs, outputs);
    if (outputs[0]!.byteOffset + 4 * 20 <= outputs[0]!.buffer.byteLength) beyond(outputs[0]!, 3).fill(0, 17);
  });
  assert.ok(faults.some((fault) => /^\d+ guard words \(numbers\) overwritten, the first at \d+$/.test(fault)));
});

test('a vector tail that reads beyond its input', async () => {
  const faults = await faultsOf(SUM, 'weightedSum', (kernel) => (geometry, inputs, outputs) => {
    kernel(geometry, inputs, outputs);
    outputs[0]![16] += 1e-30 * beyond(inputs[0]!, 1)[17]!;
  });
  assert.match(faults[0]!, /^output 0: element 16 of 17 is NaN, expected /);
});

test('state from one run to the next', async () => {
  let runs = 0;
  const faults = await faultsOf(SUM, 'weightedSum', (kernel) => (geometry, inputs, outputs) => {
    kernel(geometry, inputs, outputs);
    if (outputs[0] !== inputs[0]) outputs[0]![0] *= 1 + 2e-7 * runs++;
  });
  assert.ok(faults.some((fault) => fault.endsWith('other bits in a second run')));
});

test.run();
