/** The self-test: what it says of a sound backend, of one that computes an op wrongly, and of one that fails. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { cases } from '../../src/selftest/cases.js';
import { runSelfTest } from '../../src/selftest/run.js';
import { falsified, withMethods } from '../support/backend/falsified-backend.js';
import { rejection } from '../support/throws.js';

const opener = (backend: Backend) => async () => backend;

test('a sound backend has no faults, and errors within the tolerance', async () => {
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done} of ${total}`);
  const results = await runSelfTest(opener(new ReferenceBackend()), { filter: 'transposed', onProgress });
  assert.is(results.length, cases.filter(({ family }) => family === 'transposed').length);
  for (const { label, error, tolerance, faults } of results) {
    assert.equal(faults, [], label);
    assert.ok(error! > 0 && error! <= tolerance, `${label}: ${error}`);
  }
  assert.equal([progress[0], progress.at(-1)], ['1 of 13', '13 of 13']);
});

test('an op that is computed wrongly is named, and no other', async () => {
  const backend = falsified(new ReferenceBackend(), 'conv2dGradWeight');
  const results = await runSelfTest(opener(backend), { filter: 'conv2d 1x1 3x4x4, 16 -> 32' });
  const { error, faults } = results[0]!;
  assert.ok(error! > 0.009 && error! < 0.011, String(error));
  assert.equal([...new Set(faults.map(({ op }) => op))], ['conv2dGradWeight']);
  assert.match(
    faults[0]!.text,
    /^gradient of input 1: element 511 of 512 is .*, expected .*: off by 1\.0e-2 of the scale/,
  );
});

test('what fails is a fault of its case', async () => {
  const sound = new ReferenceBackend();
  const compile: Backend['compile'] = (outputs, bound) => {
    if (outputs[0]!.node.op.name === 'sigmoid') throw new Error('internal: there is no kernel sigmoid');
    return sound.compile(outputs, bound);
  };
  const results = await runSelfTest(opener(withMethods<Backend>(sound, { compile })), { filter: 'activation' });
  for (const { label, error, faults } of results) {
    if (!label.startsWith('sigmoid')) assert.equal(faults, [], label);
    else assert.equal([error, faults], [null, [{ op: null, text: 'internal: there is no kernel sigmoid' }]], label);
  }
});

test('after a device that is lost, the others are run on a new one', async () => {
  let opened = 0;
  let closed = 0;
  const open = async (): Promise<Backend> => {
    const sound = new ReferenceBackend();
    let lost = false;
    const demand = () => {
      if (lost) throw new Error('webgpu: the device was lost');
    };
    opened++;
    return withMethods<Backend>(sound, {
      compile(outputs, bound) {
        lost ||= outputs[0]!.node.op.name === 'softmax';
        demand();
        return sound.compile(outputs, bound);
      },
      allocate(length) {
        demand();
        return sound.allocate(length);
      },
      close: () => closed++,
    });
  };
  const results = await runSelfTest(open, { filter: 'activation' });
  const faulty = results.filter(({ faults }) => faults.length > 0).map(({ label }) => label);
  assert.ok(faulty.length > 1 && faulty.every((label) => label.startsWith('softmax')), `${faulty}`);
  assert.equal([opened, closed], [faulty.length + 1, faulty.length + 1]);
});

test('a filter that no case passes', async () => {
  const refusal = await rejection(runSelfTest(opener(new ReferenceBackend()), { filter: 'none' }));
  assert.match(refusal, /^filter "none": no case has it; the families are convolution, .*, optimizer$/);
});

test.run();
