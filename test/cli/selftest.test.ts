import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { chooseDriver, testWebGpu } from '../support/backend/webgpu.js';
import { IN_MODULES, json, suiteInFolder, unetpp, unetppAfter, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli selftest');

chooseDriver();
const driver = await testWebGpu();
driver?.close();

test('a line for each family, and the verdict', ({ dir }) => {
  const { code, stdout, stderr } = unetppAlone(dir, ['selftest', '--filter', 'pooling', '--quiet']);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, /^unetpp {5}.*\nbackend {4}wasm.*\nnode {7}.*\nsystem {5}.*\nprocessor {2}.*\n/);
  assert.match(stdout, /\nfamily +cases +worst error \/ tolerance +differ\npooling +18 +0\.00 +0\n/);
  assert.match(stdout, /\n18 cases: all agree with the reference, in \d+\.\d s\n$/);
});

test('the report as a file, and the same as one object', ({ dir }) => {
  const result = json(dir, ['selftest', '--filter', 'concat', '--out', 'report.json']);
  assert.equal(JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')), result);
  assert.equal([result.kind, result.device, result.passed], ['selftest', null, true]);
  assert.match(result.backend as string, /^wasm/);
  assert.is(unetpp(dir, ['selftest', '--filter', 'concat', '--out', 'report.json', '--quiet']).code, 0, 'written over');
});

test('a GPU, with its adapter and its limits', ({ dir }) => {
  if (!driver) return;
  const { code, stdout } = unetppAlone(dir, ['selftest', '--backend', 'webgpu', '--filter', 'pooling', '--json']);
  const { backend, device, passed, families } = JSON.parse(stdout);
  assert.equal([code, passed, families.length], [0, true, 1]);
  assert.is(backend, `webgpu (${device.adapter})`);
  assert.ok(device.limits.maxBufferSize >= 2 ** 28 && device.limits.maxStorageBuffersPerShaderStage >= 8);
});

/** Makes the kernel of ReLU, which then is not cut into units for several threads, give 1 for its last element. */
const BROKEN = `
  import { kernels } from '${new URL('../../src/backend/wasm/kernels/index.js', import.meta.url)}';
  const { relu } = kernels;
  kernels.relu = { ...relu, units: undefined, run(exports, call) {
    relu.run(exports, call);
    new Float32Array(exports.memory.buffer, call.outputs[0], call.geometry.length)[call.geometry.length - 1] = 1;
  } };`;

test('an op that is computed wrongly is named, with its cases, and the exit code is 1', ({ dir }) => {
  const call = ['selftest', '--filter', 'activation', '--quiet'];
  const { code, stdout, stderr } = unetppAfter(dir, BROKEN, call, IN_MODULES);
  assert.is(code, 1);
  assert.match(stdout, /\nactivation +21 +(\d+\.\d\d|no number) +7\n/);
  assert.match(
    stdout,
    /\n\nactivation: relu 17\n {2}relu: output 0: element 16 of 17 is 1, expected .*\(tolerance 0\)\n/,
  );
  assert.match(stdout, /\n7 of 21 cases differ from the reference, in/);
  const advice = 'report this in an issue, and take another backend';
  assert.match(stderr, new RegExp(`^unetpp: selftest: wasm.* computes wrongly; ${advice}\n$`));
});

test('a wrong call is refused', ({ dir }) => {
  const { code, stderr } = unetpp(dir, ['selftest', '--filter', 'nothing']);
  assert.is(code, 2);
  assert.match(stderr, /^unetpp: filter "nothing": no case has it; the families are .*\n$/);
});

test.run();
