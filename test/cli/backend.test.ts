/** `--backend`: what computes, what is refused, and what `auto` takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel } from '../../src/index.js';
import { chooseDriver, testWebGpu } from '../support/backend/webgpu.js';
import {
  disc,
  json,
  listing,
  put,
  putPairs,
  refused,
  suiteInFolder,
  TINY,
  unetpp,
  unetppAfter,
  unetppAlone,
  unetppWithout,
} from '../support/cli/cli.js';

const test = suiteInFolder('cli backend');
const MODEL = ['--model', 'model.safetensors'];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  train: TINY,
  study: [...TINY, '--folds', '1'],
  predict: [...MODEL, '--input', 'scan.png', '--out', 'masks'],
  evaluate: [...MODEL, '--data', 'data'],
  compare: [...MODEL, '--data', 'data'],
  info: MODEL,
};
const INSTEAD = 'or compute with WebAssembly (--backend wasm)';

/** Lines of Dawn and of Vulkan, which go before ours. */
const withoutNative = (stderr: string) => stderr.replace(/^(Warning: .*| {4}at .*|)\n/gm, '');

chooseDriver();
const driver = await testWebGpu();
driver?.close();

test('a name that is none is refused with those that are', ({ dir }) => {
  for (const name of Object.keys(COMMANDS)) {
    const { code, stderr } = unetpp(dir, [name, ...COMMANDS[name]!, '--backend', 'cuda']);
    assert.match(stderr, "argument 'cuda' is invalid. Allowed choices are wasm, webgpu, reference, auto; see unetpp");
    assert.is(code, 2);
  }
});

test('without the package: one line that says what to install, and no file', ({ dir }) => {
  for (const [name, options] of Object.entries(COMMANDS)) {
    const call = [name, ...options, '--backend', 'webgpu', '--quiet'];
    const { code, stdout, stderr } = unetppWithout(dir, 'webgpu', call);
    const reason = 'the optional package "webgpu" is not installed; run "npm install webgpu"';
    assert.is(stderr, `unetpp: backend webgpu: ${reason}, ${INSTEAD}\n`, name);
    assert.equal([code, stdout], [2, '']);
  }
  assert.equal(listing(dir), []);
});

test('a package that does not run here is told from one that is missing', ({ dir }) => {
  const broken = `import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(name, context, next) {
      if (name !== 'webgpu') return next(name, context);
      throw Object.assign(new Error('no such processor'), { code: 'ERR_DLOPEN_FAILED' });
    }\`));`;
  const { code, stderr } = unetppAfter(dir, broken, ['info', ...MODEL, '--backend', 'webgpu']);
  const reason = 'the optional package "webgpu" cannot be loaded: no such processor';
  assert.is(stderr, `unetpp: backend webgpu: ${reason}; install it again on this machine, ${INSTEAD}\n`);
  assert.is(code, 2);
});

test('without a driver: one line, after those of the driver', ({ dir }) => {
  if (process.platform !== 'linux') return console.log('note: a machine without a driver is pretended on Linux alone');
  const hidden = 'process.env.VK_ICD_FILENAMES = process.env.VK_DRIVER_FILES = "/none.json"';
  const { code, stdout, stderr } = unetppAfter(dir, hidden, ['info', ...MODEL, '--backend', 'webgpu']);
  const reason = 'no adapter was found; install or update the driver of the GPU';
  assert.is(withoutNative(stderr), `unetpp: backend webgpu: ${reason}, ${INSTEAD}\n`);
  assert.equal([code, stdout], [2, '']);
});

test('auto takes WebAssembly where there is no GPU, and says why', async ({ dir }) => {
  await createModel({ filters: [2, 4] }).save(join(dir, 'model.safetensors'));
  const call = ['info', ...MODEL, '--backend', 'auto', '--json'];
  const { code, stdout, stderr } = unetppWithout(dir, 'webgpu', call);
  assert.is(stderr, 'backend   wasm, as the optional package "webgpu" is not installed\n');
  const { backend, adapter, gpu } = JSON.parse(stdout);
  assert.equal([code, backend, adapter, gpu], [0, 'wasm', null, null]);
  if (!driver) return;
  const found = unetppAlone(dir, call);
  const told = withoutNative(found.stderr);
  const result = JSON.parse(found.stdout);
  if (result.backend === 'webgpu') assert.is(told, `backend   webgpu, as a GPU was found: ${result.adapter}\n`);
  else assert.match(told, /^backend {3}wasm, as only a software adapter was found: \S.*\n$/);
  assert.is(found.code, 0);
});

test('predict says who computed, and which options that one does not have', async ({ dir }) => {
  await createModel({ filters: [2, 4] }).save(join(dir, 'model.safetensors'));
  put(dir, 'scan.png', disc(20, 20));
  const masks = ['wasm', 'reference'].map((name) => {
    const result = json(dir, ['predict', ...COMMANDS.predict!, '--out', name, '--backend', name]);
    assert.equal([result.backend, result.adapter], [name, null]);
    return readFileSync(join(dir, name, 'scan.png'));
  });
  assert.equal(masks[0], masks[1]);
  const call = ['predict', ...COMMANDS.predict!, '--backend', 'reference', '--threads', '3', '--relaxed'];
  const { code, stderr } = unetpp(dir, call);
  assert.match(stderr, /^remark {4}without effect on the backend reference: --threads 3, --relaxed\n/);
  assert.is(code, 0);
});

test('predict on the adapter: what WebAssembly predicts, by whom, and the process ends by itself', async ({ dir }) => {
  if (!driver) return;
  await createModel({ filters: [2, 4] }).save(join(dir, 'model.safetensors'));
  put(dir, 'scan.png', disc(20, 20));
  const [wasm, webgpu] = ['wasm', 'webgpu'].map((name) => {
    const call = ['predict', ...COMMANDS.predict!, '--out', name, '--save-probs', '--json', '--backend', name];
    const { code, stdout, stderr } = unetppAlone(dir, call);
    assert.is(code, 0, stderr);
    const { backend, adapter } = JSON.parse(stdout);
    assert.equal([backend, typeof adapter], [name, name === 'wasm' ? 'object' : 'string']);
    const file = readFileSync(join(dir, name, 'scan.npy'));
    return new Float32Array(Uint8Array.from(file.subarray(-4 * 20 * 20)).buffer);
  });
  const differences = wasm!.map((p, k) => Math.abs(p - webgpu![k]!));
  assert.ok(Math.max(...differences) < 1e-5, `${Math.max(...differences)}`);
});

test('a device that is lost at work: one line that says what to do, and exit code 1', async ({ dir }) => {
  if (!driver) return;
  await createModel({ filters: [2, 4] }).save(join(dir, 'model.safetensors'));
  put(dir, 'scan.png', disc(20, 20));
  putPairs(dir);
  // It goes as soon as its first work is submitted.
  const losing = `import { createRequire } from 'node:module';
    const { globals } = createRequire(${JSON.stringify(import.meta.url)})('webgpu');
    const { createBindGroup } = globals.GPUDevice.prototype;
    globals.GPUDevice.prototype.createBindGroup = function (...values) {
      queueMicrotask(() => this.destroy());
      globals.GPUDevice.prototype.createBindGroup = createBindGroup;
      return createBindGroup.apply(this, values);
    };`;
  for (const name of ['predict', 'evaluate']) {
    const call = [name, ...COMMANDS[name]!, '--backend', 'webgpu', '--quiet'];
    const { code, stdout, stderr } = unetppAfter(dir, losing, call);
    const told = `unetpp: webgpu: the device was lost (device was destroyed); run the command again, ${INSTEAD}\n`;
    assert.is(withoutNative(stderr), told);
    assert.equal([code, stdout], [1, '']);
  }
});

test('a training keeps what auto has settled on, and its result says who computed', ({ dir }) => {
  putPairs(dir);
  const call = ['train', '--data', 'data', ...TINY, '--epochs', '1', '--batch', '2', '--out', 'run'];
  const { code, stdout } = unetppWithout(dir, 'webgpu', [...call, '--backend', 'auto', '--quiet', '--json']);
  assert.is(code, 0);
  const { backend, adapter } = JSON.parse(stdout);
  assert.equal([backend, adapter], ['wasm', null]);
  assert.is(JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8')).backend, 'wasm');
  assert.is(JSON.parse(readFileSync(join(dir, 'run/report.json'), 'utf8')).result.backend, 'wasm');
  refused(
    dir,
    ['train', '--resume', 'run', '--backend', 'gpu'],
    "option '--backend <name>' argument 'gpu' is invalid. Allowed choices are wasm, webgpu, reference, auto; see unetpp train --help",
  );
});

test.run();
