import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { Cache } from '../../src/data/cache.js';
import type { DatasetOptions } from '../../src/data/folder/read-dataset.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { openDataset } from '../../src/platform/node/data.js';

const test = suite<{ dir: string }>('dataset', { dir: '' });
test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'unetpp-dataset-'));
});
test.after.each((context) => rmSync(context.dir, { recursive: true }));

function put(dir: string, path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
}

function png(width: number, height: number, channels: number, value: (i: number) => number): Uint8Array {
  return encodePng({
    width,
    height,
    channels,
    data: Uint8Array.from({ length: width * height * channels }, (_, i) => value(i)),
  });
}

/** A grey image of 4x4 with values 0, 10, 20, ... and a mask whose right half is 1. */
function putPair(dir: string, name: string): void {
  put(
    dir,
    `images/${name}.png`,
    png(4, 4, 1, (i) => i * 10),
  );
  put(
    dir,
    `masks/${name}.png`,
    png(4, 4, 1, (i) => (i % 4 < 2 ? 0 : 255)),
  );
}

async function refusal(dir: string, options: Partial<DatasetOptions> = {}): Promise<string> {
  try {
    await openDataset(dir, { size: 4, seed: 1, ...options });
  } catch (error) {
    assert.instance(error, InputError, String(error));
    const { message } = error as InputError;
    assert.not.match(message, '\n');
    return message.replaceAll(/\S*unetpp-dataset-\w{6}/g, 'DIR');
  }
  return assert.unreachable('opened') as never;
}

test('pairs with a split.json', async ({ dir }) => {
  for (const name of ['a', 'b', 'c', 'left-out']) putPair(dir, name);
  put(dir, 'split.json', '\ufeff{"train": ["c", "a"], "validation": ["b"]}');
  put(dir, 'images/.DS_Store', 'x');
  put(dir, 'images/notes.txt', 'x');
  const dataset = await openDataset(dir, { size: 4, seed: 1 });
  assert.is(dataset.name, dir.split('/').at(-1));
  assert.is(dataset.source, dir);
  assert.equal([dataset.sampler.size, dataset.channels, dataset.classes, dataset.splitOrigin], [4, 1, 1, 'split.json']);
  assert.equal(dataset.split, { train: ['c', 'a'], validation: ['b'], test: [] });

  const sample = await dataset.load('a');
  assert.is(sample.name, 'a');
  const image = Float32Array.from({ length: 16 }, (_, i) => (i * 10) / 255);
  assert.equal(sample.image, { width: 4, height: 4, channels: 1, data: image });
  const mask = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 0 : 1));
  assert.equal(sample.mask, { width: 4, height: 4, channels: 1, data: mask });
  assert.is(await dataset.load('a'), sample, 'kept in memory');
  assert.is((await dataset.load('left-out')).name, 'left-out');
});

test('records are the images as they are stored; the sampler makes squares of them', async ({ dir }) => {
  const wide = (i: number) => 20 * i;
  put(dir, 'images/a.png', png(4, 2, 3, wide));
  put(
    dir,
    'masks/a.png',
    png(4, 2, 1, (i) => (i === 7 ? 255 : 0)),
  );
  putPair(dir, 'b');
  const { records, sampler, channels, load } = await openDataset(dir, { size: 2, seed: 1, normalisation: 'zscore' });
  assert.equal(
    [...records.values()].map((record) => [record.name, record.width, record.height, record.channels]),
    [
      ['a', 4, 2, 3],
      ['b', 4, 4, 1],
    ],
  );
  const stored = await records.get('a')!.read();
  assert.equal(
    [...stored.image.data],
    Array.from({ length: 24 }, (_, i) => wide(i) % 256),
  );
  assert.equal([...stored.mask.data], [0, 0, 0, 0, 0, 0, 0, 1]);
  assert.equal([sampler.kind, sampler.size, channels], ['resize', 2, 3]);
  assert.equal(sampler.preprocessing, { normalisation: 'zscore', size: 2 });
  assert.equal(await load('a'), sampler.sample('a', stored, 3));
  assert.equal((await load('a')).mask, { width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 0, 0, 1) });
});

test('without split.json the split is drawn from the seed', async ({ dir }) => {
  for (let i = 0; i < 10; i++) putPair(dir, `n${i}`);
  const splits = await Promise.all([1, 1, 2].map(async (seed) => (await openDataset(dir, { size: 4, seed })).split));
  assert.equal([splits[0]!.train.length, splits[0]!.validation.length], [8, 2]);
  assert.equal(splits[0], splits[1]);
  assert.not.equal(splits[0], splits[2]);
  assert.is((await openDataset(dir, { size: 4, seed: 1 })).splitOrigin, 'drawn');
});

test('samples get the size and the channels that are asked for', async ({ dir }) => {
  putPair(dir, 'a');
  put(
    dir,
    'images/b.PNG',
    png(6, 2, 3, (i) => [255, 0, 0][i % 3]!),
  );
  put(
    dir,
    'masks/b.png',
    png(6, 2, 1, () => 1),
  );
  const rgb = await openDataset(dir, { size: 8, seed: 1 });
  assert.is(rgb.channels, 3);
  const b = await rgb.load('b');
  assert.equal([b.image.width, b.image.height, b.image.channels], [8, 8, 3]);
  assert.equal([...b.image.data.subarray(0, 3)], [1, 0, 0]);
  assert.ok(b.mask.data.every((value) => value === 1));
  assert.is((await rgb.load('a')).image.data.length, 8 * 8 * 3);
  const grey = await openDataset(dir, { size: 8, channels: 1, seed: 1 });
  assert.is((await grey.load('b')).image.data[0], Math.fround(76 / 255));
});

test('a folder that is none, or another', async ({ dir }) => {
  assert.is(await refusal(join(dir, 'none')), 'DIR/none: no such folder');
  const layouts =
    'imagesTr, labelsTr and dataset.json, or NAME.mat of the figshare brain tumours, or ID/images/ID.png and ID/masks/*.png, or NAME with NAME_mask beside it';
  const expected = `not a data folder: expected images/NAME.png and masks/NAME.png, or ${layouts} in it, `;
  assert.is(await refusal(dir), `DIR: ${expected}it is empty`);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'images/x.png']) put(dir, name, 'x');
  assert.is(await refusal(dir), `DIR: ${expected}found a.txt, b.txt, c.txt, d.txt and 1 more`);
  assert.is(await refusal(join(dir, 'a.txt')), 'DIR/a.txt: a file, not a folder; give the folder that holds images/');
  assert.is(await refusal(join(dir, 'images')), `DIR/images: ${expected}found x.png`);
  put(dir, 'masks', 'x');
  assert.is(await refusal(dir), 'DIR/masks: cannot be listed: it is not a folder');
});

test('images and masks without partner', async ({ dir }) => {
  for (const name of ['a', 'b', 'c', 'd']) putPair(dir, name);
  rmSync(join(dir, 'masks/b.png'));
  assert.is(await refusal(dir), 'DIR/images/b.png has no mask: expected DIR/masks/b.png');
  rmSync(join(dir, 'masks/c.png'));
  assert.is(await refusal(dir), 'DIR/images/b.png has no mask: expected DIR/masks/b.png (and 1 more without mask)');
  rmSync(join(dir, 'images/b.png'));
  rmSync(join(dir, 'images/c.png'));
  rmSync(join(dir, 'images/d.png'));
  put(dir, 'images/d.gif', 'x');
  assert.is(
    await refusal(dir),
    'DIR/masks/d.png has no image: expected DIR/images/d.png, found d.gif, which is no image',
  );
});

test('no image, one image, two files of one name', async ({ dir }) => {
  mkdirSync(join(dir, 'images'));
  mkdirSync(join(dir, 'masks'));
  const expected = 'expected images/NAME.png and masks/NAME.png';
  assert.is(await refusal(dir), `DIR/images: no image, it is empty; ${expected}`);
  put(dir, 'images/a.gif', 'x');
  assert.is(await refusal(dir), `DIR/images: no image, found a.gif; ${expected}`);
  putPair(dir, 'a');
  assert.is(await refusal(dir), 'DIR: 1 pair; training needs at least 2, one of them for validation');
  put(
    dir,
    'images/a.PNG',
    png(4, 4, 1, () => 0),
  );
  assert.is(await refusal(dir), 'DIR/images/a.PNG and DIR/images/a.png have the same name; keep one of them');
});

test('headers are checked when the set is opened', async ({ dir }) => {
  for (const name of ['a', 'b']) putPair(dir, name);
  put(
    dir,
    'masks/b.png',
    png(4, 3, 1, () => 0),
  );
  assert.is(
    await refusal(dir),
    'DIR/images/b.png is 4x4, its mask DIR/masks/b.png is 4x3; they must have the same size',
  );
  put(dir, 'masks/b.png', 'plain text!!');
  assert.is(
    await refusal(dir),
    'DIR/masks/b.png: not an image of a known format: it starts with "plain text!!"; convert it to PNG',
  );
  rmSync(join(dir, 'masks/b.png'));
  mkdirSync(join(dir, 'masks/b.png'));
  assert.is(
    await refusal(dir),
    'DIR/masks/b.png: cannot be read: it is a folder, expected a file; give the name of a file (EISDIR)',
  );
});

test('pixels are checked when they are loaded', async ({ dir }) => {
  for (const name of ['a', 'b']) putPair(dir, name);
  put(
    dir,
    'masks/b.png',
    png(4, 4, 1, (i) => i),
  );
  put(dir, 'images/a.png', png(4, 4, 1, () => 0).subarray(0, 40));
  const dataset = await openDataset(dir, { size: 4, seed: 1 });
  const message = (name: string) =>
    dataset.load(name).then(
      () => 'loaded',
      (error: InputError) => error.message.replaceAll(dir, 'DIR'),
    );
  assert.is(
    await message('b'),
    'DIR/masks/b.png: a mask must hold two values (0 and 255, or 0 and 1), found 16: 0, 1, 2, 3, ...; ' +
      'threshold it first, or where it numbers objects read it with --instances',
  );
  assert.match(await message('a'), /^DIR\/images\/a\.png: truncated PNG: 40 bytes without an IEND chunk/);
  assert.is(await message('../a'), 'DIR: no image is called "../a"');
});

test('a split.json that does not fit names itself', async ({ dir }) => {
  for (const name of ['a', 'b']) putPair(dir, name);
  put(dir, 'split.json', '{"train": ["a"], "validation": ["a"]}');
  assert.is(await refusal(dir), 'DIR/split.json: "a" is in "train" and in "validation"; keep it in one of them');
  put(dir, 'split.json', '{"train": ["a"],\n "validation": ["b"]');
  assert.is(await refusal(dir), 'DIR/split.json: not valid JSON at line 2, column 21');
});

test('the size must be a whole number', async ({ dir }) => {
  assert.is(await refusal(dir, { size: 0 }), 'size must be a whole number of pixels, at least 1, found 0');
  assert.match(await refusal(dir, { size: 1.5 }), 'found 1.5');
});

test('the cache holds what fits and produces the rest anew', async () => {
  const cache = new Cache<string>(5, (value) => value.length);
  let produced = 0;
  const get = (name: string, value: string) =>
    cache.get(name, () => {
      produced++;
      return value;
    });
  for (let round = 0; round < 2; round++) {
    assert.is(await get('a', 'xxx'), 'xxx');
    assert.is(await get('b', 'yyy'), 'yyy');
    assert.is(await get('c', 'zz'), 'zz');
  }
  assert.is(produced, 4);
});

test.run();
