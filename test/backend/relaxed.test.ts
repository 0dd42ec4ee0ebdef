/** The relaxed build computes the same but for rounding, and only where it is asked for. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WasmBackend } from '../../src/backend/wasm/backend.js';
import { createBackend, createModel, type Model, trainModel } from '../../src/index.js';
import { createWasmBackend } from '../../src/platform/node/wasm/backend.js';
import { selfCheck } from '../../src/platform/node/wasm/self-check.js';
import { cases } from '../../src/selftest/cases.js';
import { relativeError } from '../../src/selftest/compare.js';
import { codeOf, compileBuild, PORTABLE, RELAXED } from '../support/backend/builds.js';
import { expectation, parityFaults } from '../support/backend/parity.js';
import { squares } from '../support/training/squares.js';

/** f32x4.relaxed_madd, 0x105 behind the prefix of vector instructions. */
const MULTIPLY_ADD = '\xfd\x85\x02';

const alone = new WasmBackend(compileBuild('unetpp-relaxed'));
const backends = {
  alone,
  'as this Node compiles it': createWasmBackend({ relaxed: true }),
  'a team of 2': createWasmBackend({ relaxed: true, threads: 2 }),
};

test('relaxed builds, and no others, hold relaxed instructions', () => {
  const count = (name: string): number => Buffer.from(codeOf(name)).toString('latin1').split(MULTIPLY_ADD).length - 1;
  for (const name of PORTABLE) assert.is(count(name), 0, name);
  // In the tiles of gemm.ts, outer.ts and winograd-products.ts: 8 each.
  for (const name of RELAXED) assert.ok(count(name) >= 24, `${name}: ${count(name)}`);
});

for (const c of cases.filter(({ family }) => family === 'convolution' || family === 'transposed')) {
  test(`${c.family}: ${c.label}`, async () => {
    const expected = await expectation(c);
    for (const [name, backend] of Object.entries(backends))
      assert.equal(await parityFaults(backend, expected), [], name);
  });
}

test('on one machine: the same bits with wide tiles, with the vectoriser, and for any number of threads', () => {
  const wide = new WasmBackend(compileBuild('unetpp-relaxed-wide'));
  for (const backend of [wide, ...Object.values(backends)]) assert.is(selfCheck(backend, alone), undefined);
});

async function trained(relaxed: boolean): Promise<Model> {
  const model = createModel({ filters: [8, 16, 24] }, { backend: createBackend('wasm', { relaxed }), seed: 1 });
  for await (const _ of trainModel(model, squares(), { epochs: 2, batch: 8, microBatch: 4, seed: 1 }));
  return model;
}

test('training goes the same way', async () => {
  const [portable, relaxed] = [await trained(false), await trained(true)];
  const [a, b] = await Promise.all([relaxed, portable].map(({ parameters }) => parameters.trainable.read()));
  assert.ok(relativeError(a!, b!) < 1e-4, String(relativeError(a!, b!)));
});

/** Makes this Node one without relaxed SIMD: it says of such a module what V8 says. */
const WITHOUT = `data:text/javascript,const { Module } = WebAssembly;
  WebAssembly.Module = class extends Module {
    constructor(code) {
      const relaxed = Buffer.from(code).includes('${MULTIPLY_ADD}', 'latin1');
      if (relaxed) throw new WebAssembly.CompileError('simd opcode not available');
      super(code);
    }
  };`;

const MAIN = fileURLToPath(new URL('../../cli/unetpp.js', import.meta.url));

for (const [command, ...args] of [
  ['predict', '--input', 'none.png', '--out', 'none'],
  ['evaluate', '--data', 'none'],
]) {
  test(`${command}: a Node that cannot compile the relaxed build says so in one line, and runs the other`, () => {
    const outcome = (...more: string[]) => {
      const call = ['--import', WITHOUT, MAIN, command!, '--model', 'none.safetensors', ...args, ...more];
      const { status, stderr } = spawnSync(process.execPath, call, { encoding: 'utf8' });
      return { status, stderr };
    };
    const refusal = `relaxed: this Node (${process.version}) cannot compile relaxed SIMD; leave relaxed out`;
    assert.equal(outcome('--relaxed'), { status: 2, stderr: `unetpp: ${refusal}\n` });
    assert.match(outcome().stderr, /^unetpp: none\.safetensors: [^\n]*\n$/);
  });
}

test.run();
