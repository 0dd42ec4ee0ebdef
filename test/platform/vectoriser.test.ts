/** The vectoriser is used only where it changes no bit. */
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithReference } from '../../src/backend/self-check.js';
import { WasmBackend } from '../../src/backend/wasm/backend.js';
import { compileWasm, withoutVectoriser } from '../../src/platform/node/wasm/module.js';
import { selfCheck } from '../../src/platform/node/wasm/self-check.js';

function backend(code: Uint8Array<ArrayBuffer>): WasmBackend {
  return new WasmBackend(new WebAssembly.Module(code));
}

function bytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../wasm/${name}`, import.meta.url)));
}

test('the plain and the wide build give the same bits', () => {
  assert.is(selfCheck(backend(bytes('unetpp-wide.wasm')), backend(bytes('unetpp.wasm'))), undefined);
});

test('a build with one wrong constant is found out', async () => {
  const broken = bytes('unetpp-wide.wasm');
  // f32.const sqrt(1/2), a coefficient of the Winograd transforms: its last bit is flipped.
  const root = [0x43, ...new Uint8Array(new Float32Array([Math.SQRT1_2]).buffer)];
  const places = [...broken.keys()].filter((i) => root.every((part, k) => broken[i + k] === part)).map((i) => i + 1);
  assert.ok(places.length > 0, 'the constant is in the module');
  for (const at of places) broken[at]! ^= 1;
  assert.is(selfCheck(backend(broken), backend(bytes('unetpp.wasm'))), 'conv2d (Winograd)');
  assert.is(await compareWithReference(backend(broken)), undefined, 'the last bit is within rounding');
  for (const at of places) broken[at + 1]! ^= 0xff;
  assert.is(await compareWithReference(backend(broken)), 'conv2d (Winograd)', 'the second byte is not');
  assert.is(await compareWithReference(backend(bytes('unetpp.wasm'))), undefined);
});

test('all builds hold SIMD instructions', () => {
  for (const name of ['unetpp.wasm', 'unetpp-wide.wasm', 'unetpp-shared.wasm', 'unetpp-shared-wide.wasm']) {
    // 0xfd is the prefix of vector instructions; f32x4.mul is 0xfd 0xe6 0x01.
    const text = Buffer.from(bytes(name)).toString('latin1');
    assert.ok(text.split('\xfd\xe6\x01').length > 100, name);
  }
});

test('the wide builds call no function of their own: V8 14 would end the process', () => {
  for (const name of ['unetpp-wide', 'unetpp-shared-wide', 'unetpp-relaxed-wide', 'unetpp-shared-relaxed-wide']) {
    const module = binaryen.readBinary(bytes(`${name}.wasm`));
    assert.not.match(module.emitText(), '(call', name);
    module.dispose();
  }
  assert.match(binaryen.readBinary(bytes('unetpp.wasm')).emitText(), '(call ', 'the plain build does');
});

test('it is used where it has been tried, and elsewhere where it is asked for', () => {
  const reason = (v8: string, choice?: boolean, variable = '') => withoutVectoriser(choice, variable, v8);
  for (const v8 of ['13.6.233.17-node.53', '14.1.146.11-node.25', '14.6.202.34-node.26']) {
    assert.is(reason(v8), undefined);
    assert.is(reason(v8, false), 'it is switched off');
    assert.is(reason(v8, true, '0'), 'UNETPP_VECTORISER is 0');
  }
  const old = 'V8 12.4 has none that works; Node 24 and later have';
  assert.equal([reason('12.4.254.21'), reason('12.4.254.21', true)], [old, old]);
  for (const version of ['14.7', '15.0']) {
    const untried = `it has not been tried on V8 ${version}; UNETPP_VECTORISER=1 asks for it`;
    assert.is(reason(`${version}.1.2`), untried);
    assert.is(reason(`${version}.1.2`, true), undefined);
    assert.is(reason(`${version}.1.2`, undefined, '1'), undefined);
  }
});

test('this process does as it is told', () => {
  const { vectoriser, reason } = compileWasm();
  assert.is(reason, withoutVectoriser(undefined));
  assert.is(vectoriser, reason === undefined);
  assert.equal(compileWasm({ vectoriser: false }).reason, 'it is switched off');
});

test.run();
