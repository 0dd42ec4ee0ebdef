import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel } from '../../src/index.js';
import { COLOUR, chunk, ihdr, SIGNATURE } from '../fixtures/png.js';
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
  unetppWithMemory,
} from '../support/cli/cli.js';

const test = suiteInFolder('cli memory');
const WEBASSEMBLY = 'WebAssembly holds at most 4\\.0 GB';

test('training beyond what can be addressed is refused at once, with the need', ({ dir }) => {
  for (const args of [
    ['--size', '16384'],
    ['--size', '16384', '--filters', '2,4'],
    ['--size', '8192'],
    ['--filters', '4096,4096,4096,4096,4096,4096,4096'],
    ['--size', '512', '--batch', '160', '--micro-batch', '1000000'],
  ]) {
    const { code, stdout, stderr } = unetpp(dir, ['train', ...args]);
    assert.equal([code, stdout], [2, '']);
    const options = '--size \\d+ with --filters [\\d,]+ and --micro-batch \\d+';
    const need = `needs [\\d,.]+ GB of memory, ${WEBASSEMBLY}; lower one of them`;
    assert.match(stderr, new RegExp(`^unetpp: ${options} ${need}\n$`));
  }
});

test('workers that are asked for are among what to lower', ({ dir }) => {
  const { code, stderr } = unetpp(dir, ['train', '--size', '2048', '--workers', '4', '--backend', 'wasm']);
  assert.is(code, 2);
  assert.match(stderr, /and --workers 4 needs [\d.]+ GB of memory, .*; lower one of them\n$/);
});

test('training beyond the memory that is free', ({ dir }) => {
  putPairs(dir);
  const train = ['train', '--data', 'data', '--size', '128', '--quiet'];
  const { code, stderr } = unetppWithMemory(dir, 100e6, [...train, '--plan', 'off']);
  assert.is(code, 2);
  const options = '--size 128 with --filters 32,64,128,256,512 and --micro-batch 4';
  assert.match(stderr, new RegExp(`^unetpp: ${options} needs \\d+ MB of memory, 96 MB are free; lower one of them\n$`));
  assert.equal(listing(dir).includes('runs'), false);
  assert.is(unetppWithMemory(dir, 100e6, ['train', '--data', 'data', ...TINY, '--epochs', '1']).code, 0);
});

test('a plan becomes smaller where the memory does not suffice, and says so', ({ dir }) => {
  putPairs(dir);
  const planned = (bytes: number) => {
    const { code, stdout, stderr } = unetppWithMemory(dir, bytes, [
      'plan',
      '--data',
      'data',
      '--size',
      '128',
      '--json',
    ]);
    assert.is(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const [usual, small] = [planned(8e9), planned(60e6)];
  assert.equal([usual.options.filters[0], small.options.filters[0]], [16, 8]);
  assert.match(small.reasons.filters, /, as the memory does not suffice for more\.$/);
  assert.ok(small.forecast.memoryBytes < 60e6 && usual.forecast.memoryBytes > 60e6);
});

test('evaluating at a size that is too large', async ({ dir }) => {
  await createModel({ filters: [2, 4] }).save(join(dir, 'model.safetensors'));
  putPairs(dir);
  const evaluate = ['evaluate', '--model', 'model.safetensors', '--data', 'data', '--size'];
  const need = new RegExp(`^unetpp: --size 16384 needs [\\d,.]+ GB of memory, ${WEBASSEMBLY}; lower it\n$`);
  assert.match(unetpp(dir, [...evaluate, '16384']).stderr, need);
});

/** The beginning of a PNG that claims a size; its pixels are never looked at. */
function claim(width: number, height: number): Uint8Array {
  return Buffer.concat([SIGNATURE, ihdr({ width, height, depth: 8, colour: COLOUR.grey }), chunk('IEND')]);
}

test('an image that is too large is refused by its header', async ({ dir }) => {
  const predict = ['predict', '--model', 'model.safetensors', '--input', 'in', '--out', 'out'];
  const advice = 'make it smaller or cut it into tiles';
  put(dir, 'in/a.png', disc(9, 7));
  put(dir, 'in/b.png', claim(16384, 16384));
  const model = createModel({ filters: [2, 4] });
  await model.save(join(dir, 'model.safetensors'));
  const { code, stderr } = unetpp(dir, [...predict, '--tile', 'off']);
  assert.is(code, 2);
  const what = 'in/b\\.png: an image of 16384x16384 pixels needs [\\d.]+ GB of memory';
  assert.match(stderr, new RegExp(`^unetpp: ${what}, ${WEBASSEMBLY}; leave --tile out, or make it smaller\n$`));
  assert.not.ok(listing(dir).includes('out'));

  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 } });
  await model.save(join(dir, 'model.safetensors'));
  assert.match(
    unetppWithMemory(dir, 100e6, predict).stderr,
    new RegExp(`^unetpp: ${what}, 96 MB are free; ${advice}\n$`),
  );
  put(dir, 'in/b.png', claim(16385, 1));
  const most = 'expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles';
  refused(dir, predict, `in/b.png: too large: 16385x1 of 8-bit grey takes 16385 bytes, ${most}`);
  put(dir, 'in/b.png', disc(300, 200));
  assert.is(json(dir, predict).images, 2);
});

test.run();
