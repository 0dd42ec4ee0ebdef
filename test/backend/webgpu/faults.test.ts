/** A device that is lost or closed answers with an error, whatever it was doing, and never with zeros. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../../src/backend/backend.js';
import { DeviceLostError } from '../../../src/backend/webgpu/device.js';
import { InputError } from '../../../src/base/errors.js';
import { Graph } from '../../../src/graph/graph.js';
import { relu } from '../../../src/ops/index.js';
import type { Faults } from '../../support/backend/fragile-device.js';
import { fragileWebGpu, testWebGpu } from '../../support/backend/webgpu.js';

const LOST = 'webgpu: the device was lost (the driver was reset)';
const CLOSED = 'webgpu: this backend is closed; make another one';

/** A program of one op, with its input and output. */
function smallProgram(backend: Backend) {
  const graph = new Graph();
  const x = graph.input('x', [64]);
  const y = relu(x);
  return { x, y, program: backend.compile([y]) };
}

/** The errors of all promises, whose results would be a failure. */
async function errorsOf(promises: readonly Promise<unknown>[]): Promise<Error[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => (each.status === 'rejected' ? each.reason : new Error('it was answered')));
}

function assertLost(errors: readonly Error[]): void {
  for (const error of errors) {
    assert.is(error.message, LOST);
    assert.instance(error, DeviceLostError);
  }
}

/** What each of these calls throws, or its promise is rejected with. */
function errorsOfCalls(calls: readonly (() => unknown)[]): Promise<Error[]> {
  return errorsOf(calls.map(async (call) => call()));
}

/** All that can be asked of a backend and what it has made. */
function requests(backend: Backend) {
  const storage = backend.allocate(64);
  const other = backend.allocate(64);
  const { x, y, program } = smallProgram(backend);
  const requests = [
    () => backend.allocate(64),
    () => smallProgram(backend),
    () => storage.write(new Float32Array(64)),
    () => storage.fill(1),
    () => storage.copyFrom(other),
    () => storage.swap(other),
    () => storage.read(),
    () => program.write(x, new Float32Array(64)),
    () => program.run(),
    () => program.runAsync(),
    () => program.read(y),
  ];
  const free = () => {
    program.free();
    storage.free();
  };
  return { requests, free };
}

const driver = await testWebGpu();
driver?.close();

if (driver) {
  for (const faults of [{}, { lateNews: true }] satisfies Faults[]) {
    const when = faults.lateNews ? ', the loss being told last' : '';

    test(`reads under way are rejected with the loss${when}`, async () => {
      const { backend, lose } = await fragileWebGpu(faults);
      const { x, y, program } = smallProgram(backend);
      program.write(x, new Float32Array(64).fill(1));
      program.run();
      await program.read(y);
      program.run();
      const reads = [program.read(y), backend.allocate(64).read()];
      lose();
      assertLost(await errorsOf(reads));
    });

    test(`what waits for pipelines is rejected with the loss${when}`, async () => {
      const { backend, lose } = await fragileWebGpu(faults);
      const { x, y, program } = smallProgram(backend);
      const storage = backend.allocate(64);
      program.write(x, new Float32Array(64).fill(1));
      program.run();
      const reads = [program.read(y), storage.read()];
      lose();
      storage.free();
      program.free();
      assertLost(await errorsOf(reads));
    });

    test(`pipelines that a loss makes fail are no fault of ours${when}`, async () => {
      const { backend, device, lose } = await fragileWebGpu(faults);
      device.createComputePipelineAsync = () => Promise.reject(new Error('the device is gone'));
      const { y, program } = smallProgram(backend);
      program.run();
      const read = program.read(y);
      lose();
      assertLost(await errorsOf([read]));
    });
  }

  test('pipelines that are never compiled keep nobody waiting after a loss', async () => {
    const { backend, device, lose } = await fragileWebGpu();
    device.createComputePipelineAsync = () => new Promise(() => {});
    const { y, program } = smallProgram(backend);
    program.run();
    const read = program.read(y);
    lose();
    assertLost(await errorsOf([read]));
  });

  test('after a loss every request is refused; freeing and closing, twice even, are not', async () => {
    const { backend, lose } = await fragileWebGpu();
    const { requests: all, free } = requests(backend);
    const waiting = backend.allocate(64).read();
    lose();
    assertLost(await errorsOf([waiting]));
    assertLost(await errorsOfCalls(all));
    backend.close();
    backend.close();
    assertLost(await errorsOfCalls(all));
    free();
  });

  test('a backend that is closed has not lost its device', async () => {
    const { backend } = await fragileWebGpu();
    const { requests: all, free } = requests(backend);
    const waiting = [backend.allocate(64).read(), ...smallReads(backend)];
    backend.close();
    for (const error of [...(await errorsOf(waiting)), ...(await errorsOfCalls(all))]) {
      assert.is(error.message, CLOSED);
      assert.instance(error, InputError);
    }
    free();
    backend.close();
  });

  test('a shader that does not compile is our fault, and told as that', async () => {
    const { backend, device } = await fragileWebGpu();
    device.createComputePipelineAsync = () => Promise.reject(new Error('it has a fault'));
    const { y, program } = smallProgram(backend);
    program.run();
    const [error] = await errorsOf([program.read(y)]);
    assert.match(error!.message, /^internal: shader activation .*: it has a fault$/);
    backend.close();
  });
}

function smallReads(backend: Backend): Promise<unknown>[] {
  const { y, program } = smallProgram(backend);
  program.run();
  return [program.read(y)];
}

test.run();
