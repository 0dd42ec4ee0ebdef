import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel, readSafetensors, type StoredTensor, writeSafetensors } from '../../src/index.js';
import { disc, put, refused, suiteInFolder, unetpp } from '../support/cli/cli.js';

const test = suiteInFolder('cli bad models');
const ASK = {
  info: ['info', '--model', 'model.safetensors'],
  predict: ['predict', '--model', 'model.safetensors', '--input', 'scan.png', '--out', 'out'],
  evaluate: ['evaluate', '--model', 'model.safetensors', '--data', 'data'],
};
let good = new Uint8Array();

test.before.each(async ({ dir }) => {
  const path = join(dir, 'model.safetensors');
  await createModel({ filters: [2, 4] }).save(path);
  good = Uint8Array.from(readFileSync(path));
  put(dir, 'scan.png', disc(9, 7));
});

/** Every command that reads a model refuses this one, with this message. */
function refusedByAll(dir: string, bytes: Uint8Array, message: string): void {
  put(dir, 'model.safetensors', bytes);
  for (const args of Object.values(ASK)) refused(dir, args, `model.safetensors: ${message}`);
}

/** The model file with other tensors or metadata, its checksums right. */
async function rewritten(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Promise<Uint8Array> {
  const { tensors, metadata } = await readSafetensors(good, 'good');
  change(tensors, metadata);
  return writeSafetensors(tensors, metadata);
}

/** The file with its header edited as text; the numbers stay. */
function withHeader(edit: (header: string) => string): Uint8Array {
  const size = Number(new DataView(good.buffer).getBigUint64(0, true));
  const header = new TextEncoder().encode(edit(new TextDecoder().decode(good.subarray(8, 8 + size))));
  const bytes = new Uint8Array(8 + header.length + good.length - 8 - size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(good.subarray(8 + size), 8 + header.length);
  return bytes;
}

const RESTORE = 'restore the file from a copy';

test('what a model says of itself reaches the terminal as text, not as orders', async ({ dir }) => {
  const commands = '\u001b]0;title\u0007\u009b2J\u202e\u007f';
  const training = JSON.stringify({ data: `scans ${commands}`, [`name ${commands}`]: { inner: 1 } });
  put(dir, 'model.safetensors', await rewritten((_, metadata) => Object.assign(metadata, { training })));
  const written = '\\u001b]0;title\\u0007\\u009b2J\\u202e\\u007f';
  const people = unetpp(dir, ASK.info).stdout;
  assert.match(people, `"scans ${written}"`);
  assert.match(people, `name ${written}`);
  const machines = unetpp(dir, [...ASK.info, '--json']).stdout;
  assert.equal(JSON.parse(machines).training.data, `scans ${commands}`);
  for (const text of [people, machines]) assert.not.match(text, /[^\P{Cc}\n]|\u202e/u);
});

test('so do the names of files in errors', ({ dir }) => {
  const { stderr } = unetpp(dir, ['info', '--model', 'no\u001b[31m\u009bmodel']);
  assert.is(
    stderr,
    'unetpp: no\\u001b[31m\\u009bmodel: cannot be read: there is no such file; check the path (ENOENT)\n',
  );
});

test('cut short', ({ dir }) => {
  const data = good.length - 8 - Number(new DataView(good.buffer).getBigUint64(0, true));
  const cut = `damaged: cut short: expected ${data} bytes of data, found ${data - 100}; ${RESTORE}`;
  refusedByAll(dir, good.subarray(0, -100), cut);
  refusedByAll(dir, new Uint8Array(), 'the file is empty; restore it from a copy');
});

test('a flipped byte in the numbers, and in the header', ({ dir }) => {
  const flipped = Uint8Array.from(good);
  flipped[flipped.length - 9]! ^= 4;
  put(dir, 'model.safetensors', flipped);
  const checksum = (part: string) =>
    new RegExp(
      `^unetpp: model.safetensors: damaged: SHA-256 of the ${part} is \\w{64}, the header says "\\w{64}"; ${RESTORE}\n$`,
    );
  assert.match(unetpp(dir, ASK.predict).stderr, checksum('data'));
  put(
    dir,
    'model.safetensors',
    withHeader((header) => header.replace('range', 'rangf')),
  );
  assert.match(unetpp(dir, ASK.predict).stderr, checksum('header'));
});

test('a header that claims 2^60 bytes', ({ dir }) => {
  const claim = Uint8Array.from(good);
  new DataView(claim.buffer).setBigUint64(0, 2n ** 60n, true);
  const found = `expected a header of 100000000 bytes at most, found one of ${2n ** 60n} claimed`;
  refusedByAll(dir, claim, `not a safetensors file: ${found}; give a .safetensors file, or restore it from a copy`);
});

test('a file of another kind is called what it is', ({ dir }) => {
  refusedByAll(dir, disc(9, 7), 'is a PNG image, expected a model file; give one that ends in .safetensors');
});

test('overlapping offsets', ({ dir }) => {
  const overlap = withHeader((header) => {
    const second = [...header.matchAll(/"data_offsets":\[(\d+),(\d+)\]/g)][1]!;
    const [begin, end] = [Number(second[1]) - 4, Number(second[2]) - 4];
    return header.replace(second[0], `"data_offsets":[${begin},${end}]`);
  });
  put(dir, 'model.safetensors', overlap);
  const { code, stderr } = unetpp(dir, ASK.info);
  assert.is(code, 2);
  assert.match(
    stderr,
    /^unetpp: model\.safetensors: damaged: tensor "[\w.]+": .* an overlap of 4 bytes; restore .*\n$/,
  );
});

test('wrong shapes, a missing and a stray tensor, NaN', async ({ dir }) => {
  const name = 'conv0_0.conv1.weight';
  const all = 'weights and configuration must be of one network';
  const shape = await rewritten((tensors) => {
    const { data } = tensors.get(name)!;
    tensors.set(name, { dtype: 'F32', shape: [1, 2, 3, 3], data: data as Float32Array });
  });
  refusedByAll(dir, shape, `tensor "${name}" has shape [1,2,3,3], expected [2,1,3,3]; ${all}`);
  const missing = await rewritten((tensors) => tensors.delete(name));
  refusedByAll(dir, missing, `tensor "${name}" is missing; ${all}`);
  const stray = await rewritten((tensors) => tensors.set('extra', tensors.get(name)!));
  refusedByAll(dir, stray, `tensor "extra" is none of the 16 of this network; ${all}`);
  const nan = await rewritten((tensors) => {
    (tensors.get(name)!.data as Float32Array)[3] = Number.NaN;
  });
  const diverged = 'the training that wrote it diverged or the file is damaged: use another checkpoint';
  refusedByAll(dir, nan, `tensor "${name}" holds NaN at index 3, expected finite numbers; ${diverged}`);
});

test('another kind of file, and another version', async ({ dir }) => {
  const foreign = await rewritten((_, metadata) => {
    metadata.format = 'pt';
  });
  const bring = 'convert PyTorch weights with import-torch';
  refusedByAll(dir, foreign, `not a model of unetpp (its metadata has no format "unetpp"); ${bring}`);
  const newer = await rewritten((_, metadata) => {
    metadata.version = '9';
  });
  refusedByAll(dir, newer, 'has format version "9", expected "1"; update unetpp');
  const zip = Uint8Array.from(good);
  zip.set([0x50, 0x4b, 3, 4, 0x50, 0x4b, 3, 4]);
  put(dir, 'model.safetensors', zip);
  assert.match(
    unetpp(dir, ASK.info).stderr,
    'it looks like a PyTorch file: write it again with safetensors.torch.save_file\n',
  );
});

test.run();
