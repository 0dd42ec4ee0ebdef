/** The kernels cut down to what is called. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recordProgram } from '../../../src/export/edge/record.js';
import { trimModule } from '../../../src/export/edge/trim-module.js';
import { upsamplings } from '../../../src/network/config.js';
import { codeOf } from '../../support/backend/builds.js';
import { randomModel } from '../../support/export/random-model.js';

const kernels = codeOf('unetpp');
const functions = WebAssembly.Module.exports(new WebAssembly.Module(Uint8Array.from(kernels)))
  .filter(({ kind }) => kind === 'function')
  .map(({ name }) => name);

test('every function can be kept alone: the module is valid, has it and a memory, and imports nothing', () => {
  for (const name of functions) {
    const { code, parameters } = trimModule(kernels, [name], 3);
    const module = new WebAssembly.Module(Uint8Array.from(code));
    assert.equal(WebAssembly.Module.imports(module), []);
    const { memory, ...rest } = new WebAssembly.Instance(module).exports;
    assert.equal(Object.keys(rest), [name]);
    assert.is((memory as WebAssembly.Memory).buffer.byteLength, 3 * 65536);
    assert.throws(() => (memory as WebAssembly.Memory).grow(1), RangeError);
    assert.is((rest[name] as () => void).length, parameters[0]!.length, name);
  }
});

test('all functions together have the size of the module, and a single one takes little', () => {
  const all = trimModule(kernels, functions, 1).code.length;
  assert.ok(Math.abs(all - kernels.length) < 100, `${all} of ${kernels.length} bytes`);
  assert.ok(trimModule(kernels, ['relu'], 1).code.length < 1000);
});

test('a kept function computes what it computed', () => {
  const exports = new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from(trimModule(kernels, ['sigmoid'], 1).code)),
  ).exports;
  const { memory, sigmoid } = exports as { memory: WebAssembly.Memory; sigmoid(...args: number[]): void };
  const [x, y] = [new Float32Array(memory.buffer, 64, 5), new Float32Array(memory.buffer, 256, 5)];
  x.set([-100, -1, 0, 1, 100]);
  sigmoid(5, 64, 256);
  assert.equal(
    [...y].map((value) => value.toFixed(6)),
    ['0.000000', '0.268941', '0.500000', '0.731059', '1.000000'],
  );
});

test('the types of parameters are told', () => {
  assert.equal(trimModule(kernels, ['scale'], 1).parameters, [['i32', 'i32', 'f32', 'i32']]);
});

test('a program has the functions that its network calls, and no others', () => {
  const sorted = (fields: Parameters<typeof randomModel>[0]) => {
    const model = randomModel(fields);
    const graph = model.record('accurate', { batch: 1, height: 32, width: 32 });
    const program = recordProgram(graph, kernels);
    const used = new Set([...program.prepare, ...program.run].map((call) => call.function));
    assert.is(used.size, program.functions.length);
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(Uint8Array.from(program.kernels)));
    const names = program.functions.map(({ name }) => name);
    assert.equal(
      exported.map(({ name }) => name),
      ['memory', ...names],
    );
    return names.sort();
  };
  const winograd = ['winogradFilters', 'winogradPixels', 'winogradPoints', 'winogradProducts'];
  const direct = ['conv2d', 'packFilters'];
  assert.equal(sorted({ filters: [8, 16] }), [
    ...direct.slice(0, 1),
    'convTranspose2d',
    'maxPool2d',
    ...direct.slice(1),
    'packTaps',
    'sigmoid',
    ...winograd,
  ]);
  for (const upsample of upsamplings.filter((each) => each !== 'transposed')) {
    const name = upsample === 'nearest' ? 'nearest' : 'bilinear';
    assert.ok(sorted({ filters: [3, 5], upsample }).includes(name), upsample);
  }
});

test.run();
