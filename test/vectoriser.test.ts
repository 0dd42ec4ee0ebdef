/** The vectoriser is used only where it changes no bit. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WasmBackend } from '../src/backend/wasm/backend.js';
import { selfCheck } from '../src/node/self-check.js';
import { compileWasm } from '../src/node/wasm-module.js';

function backend(code: Uint8Array<ArrayBuffer>): WasmBackend {
  return new WasmBackend(new WebAssembly.Module(code));
}

function bytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../wasm/${name}`, import.meta.url)));
}

test('the plain and the wide build give the same bits', () => {
  assert.is(selfCheck(backend(bytes('unetpp-wide.wasm')), backend(bytes('unetpp.wasm'))), undefined);
});

test('a build with one wrong constant is found out', () => {
  const broken = bytes('unetpp-wide.wasm');
  const root = new Uint8Array(new Float32Array(4).fill(Math.SQRT1_2).buffer);
  // Vectors of sqrt(1/2), the point a of the Winograd transforms (and a bound in log): the last bit of a lane is flipped.
  const places = [...broken.keys()].filter((i) => root.every((part, k) => broken[i + k] === part));
  assert.ok(places.length > 0, 'the constant is in the module');
  for (const at of places) broken[at]! ^= 1;
  assert.is(selfCheck(backend(broken), backend(bytes('unetpp.wasm'))), 'conv2d (Winograd)');
});

test('all builds hold SIMD instructions', () => {
  for (const name of ['unetpp.wasm', 'unetpp-wide.wasm', 'unetpp-shared.wasm', 'unetpp-shared-wide.wasm']) {
    // 0xfd is the prefix of vector instructions; f32x4.mul is 0xfd 0xe6 0x01.
    const text = Buffer.from(bytes(name)).toString('latin1');
    assert.ok(text.split('\xfd\xe6\x01').length > 100, name);
  }
});

test('an option and an environment variable switch it off', () => {
  const wanted = Number.parseInt(process.versions.node, 10) >= 24 && process.env.UNETPP_VECTORISER !== '0';
  assert.is(compileWasm().vectoriser, wanted);
  assert.is(compileWasm({ vectoriser: false }).vectoriser, false);
  const url = new URL('../src/node/wasm-module.js', import.meta.url);
  const script = `import { compileWasm } from '${url}'; console.log(compileWasm().vectoriser);`;
  const env = { ...process.env, UNETPP_VECTORISER: '0' };
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
  assert.is(stdout.trim(), 'false');
});

test.run();
