import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodePng } from '../../src/formats/png/encode.js';
import type { Image } from '../../src/image/image.js';
import { resizeMask } from '../../src/image/resize.js';
import { openDataset } from '../../src/platform/node/data.js';
import { buildPng, COLOUR, chunk, packLines } from '../fixtures/png.js';
import { put, suiteInFolder } from '../support/cli/cli.js';
import { rejection } from '../support/throws.js';

const test = suiteInFolder('data folders of several kinds');

const png = (width: number, channels: number, ...values: number[]) =>
  encodePng({ width, height: values.length / width / channels, channels, data: Uint8Array.from(values) });
/** 2x2, grey; `k` makes it another image. */
const image = (k = 0) => png(2, 1, k, 1, 2, 3);
const mask = (...values: number[]) => png(2, 1, ...values);
const open = (dir: string) => openDataset(dir, { size: 2, seed: 1 });
const refusal = async (dir: string) => (await rejection(open(dir))).replaceAll(dir, 'DIR');
const labels = async (dir: string, name: string) => [...(await (await open(dir)).load(name)).mask.data];

function putPair(dir: string, name: string, content: Uint8Array, k = name.charCodeAt(0)): void {
  put(dir, `images/${name}.png`, image(k));
  put(dir, `masks/${name}.png`, content);
}

test('DSB2018: all masks of an image united, colour and grey brought together, its split.json honoured', async ({
  dir,
}) => {
  put(dir, 'a/images/a.png', png(2, 4, ...[1, 2, 3, 4].flatMap((v) => [v, v, v, 9])));
  put(dir, 'a/masks/1.png', mask(255, 0, 0, 0));
  put(dir, 'a/masks/2.png', mask(0, 0, 0, 255));
  put(dir, 'b/images/b.png', image());
  put(dir, 'b/masks/none.png', mask(0, 0, 0, 0));
  put(dir, 'split.json', '{"train": ["b"], "validation": ["a"]}');
  put(dir, 'stage1_train_labels.csv', 'x');
  const dataset = await open(dir);
  assert.equal([dataset.channels, dataset.classNames, dataset.splitOrigin], [3, ['nucleus'], 'split.json']);
  assert.equal(dataset.split.validation, ['a']);
  const a = await dataset.load('a');
  assert.equal([...a.mask.data], [1, 0, 0, 1]);
  assert.equal(
    [...a.image.data.subarray(0, 4)],
    [1, 1, 1, 2].map((v) => Math.fround(v / 255)),
  );
  assert.equal([...(await dataset.load('b')).mask.data], [0, 0, 0, 0]);
});

test('DSB2018: what is missing or does not fit', async ({ dir }) => {
  for (const name of ['a', 'b']) {
    put(dir, `${name}/images/${name}.png`, image());
    put(dir, `${name}/masks/1.png`, mask(255, 0, 0, 0));
  }
  put(dir, 'b/images/c.png', image());
  assert.is(await refusal(dir), 'DIR/b/images: 2 images, expected one, b.png');
  rmSync(join(dir, 'b/images/c.png'));
  rmSync(join(dir, 'b/masks/1.png'));
  const empty = 'no mask; an image without an object needs one mask that is all 0';
  assert.is(await refusal(dir), `DIR/b/masks: ${empty}`);
  rmSync(join(dir, 'b/masks'), { recursive: true });
  assert.is(await refusal(dir), 'DIR/b: expected DIR/b/images and DIR/b/masks; remove it or complete it');
  put(dir, 'b/masks/1.png', png(1, 1, 255));
  const sizes = 'DIR/b/images/b.png is 2x2, its mask DIR/b/masks/1.png is 1x1; they must have the same size';
  assert.is((await rejection((await open(dir)).load('b'))).replaceAll(dir, 'DIR'), sizes);
});

test('index masks: as many classes as there are values over all masks', async ({ dir }) => {
  putPair(dir, 'a', mask(0, 1, 0, 1));
  putPair(dir, 'b', mask(0, 3, 2, 0));
  putPair(dir, 'c', mask(0, 0, 0, 0));
  const { classes, classNames } = await open(dir);
  assert.equal([classes, classNames], [3, ['class 1', 'class 2', 'class 3']]);
  assert.equal(await labels(dir, 'b'), [0, 3, 2, 0]);
});

test('masks of 0 and 1, and of 0 and 255, have one class; values with a gap are no classes', async ({ dir }) => {
  putPair(dir, 'a', mask(0, 1, 0, 1));
  putPair(dir, 'b', mask(0, 0, 0, 0));
  assert.equal([(await open(dir)).classes, await labels(dir, 'a')], [1, [0, 1, 0, 1]]);
  putPair(dir, 'a', mask(0, 255, 0, 255));
  putPair(dir, 'b', mask(0, 1, 2, 0));
  assert.is((await open(dir)).classes, 1);
  const binary = 'a mask must hold two values (0 and 255, or 0 and 1), found';
  assert.is(
    (await rejection(labels(dir, 'b'))).replaceAll(dir, 'DIR'),
    `DIR/masks/b.png: ${binary} 3: 0, 1, 2; threshold it first, or where it numbers objects read it with --instances`,
  );
  putPair(dir, 'a', mask(0, 2, 4, 0));
  assert.match(
    await rejection(labels(dir, 'a')),
    `${binary} 3: 0, 2, 4; threshold it first, or where it numbers objects read it with --instances`,
  );
});

test('classes.json names the classes and says how many there are', async ({ dir }) => {
  putPair(dir, 'a', mask(0, 1, 0, 1));
  putPair(dir, 'b', mask(0, 2, 0, 3));
  put(dir, 'classes.json', '["core", "edema"]');
  assert.equal((await open(dir)).classNames, ['core', 'edema']);
  assert.equal(await labels(dir, 'a'), [0, 1, 0, 1]);
  assert.is(
    (await rejection(labels(dir, 'b'))).replaceAll(dir, 'DIR'),
    'DIR/masks/b.png: a mask of 2 classes must hold values from 0 to 2, found 3: 0, 2, 3; ' +
      'correct it, or name all classes in classes.json',
  );
  const expected = 'expected a list of 1 to 255 different names of classes, like ["core", "edema"]';
  for (const text of ['{}', '[]', '["a", "a"]', '["a", 2]', '[" "]', 'null']) {
    put(dir, 'classes.json', text);
    assert.is(await refusal(dir), `DIR/classes.json: ${expected}`);
  }
  put(dir, 'classes.json', '["lesion"]');
  putPair(dir, 'a', mask(0, 255, 0, 255));
  assert.equal([(await open(dir)).classNames, await labels(dir, 'a')], [['lesion'], [0, 1, 0, 1]]);
});

test('a palette counts by its indices', async ({ dir }) => {
  const lines = packLines([0, 2, 1, 0], 2, 8);
  const plte = chunk('PLTE', Uint8Array.of(0, 0, 0, 128, 0, 0, 0, 128, 0));
  putPair(dir, 'a', buildPng({ width: 2, height: 2, depth: 8, colour: COLOUR.palette, lines, before: [plte] }));
  putPair(dir, 'b', mask(0, 0, 0, 0));
  assert.equal([(await open(dir)).classes, await labels(dir, 'a')], [2, [0, 2, 1, 0]]);
  putPair(dir, 'b', png(2, 3, ...[0, 0, 0], ...[9, 0, 0], ...[0, 9, 0], ...[0, 0, 0]));
  put(dir, 'classes.json', '["x", "y"]');
  assert.is(
    (await rejection(labels(dir, 'b'))).replaceAll(dir, 'DIR'),
    'DIR/masks/b.png: a mask of 2 classes must be grey or have a palette, found colour; ' +
      'save it with the number of the class as grey value',
  );
});

test('a folder for each class: later classes lie over earlier ones', async ({ dir }) => {
  for (const name of ['a', 'b']) put(dir, `images/${name}.png`, image(name.charCodeAt(0)));
  put(dir, 'masks/liver/a.png', mask(255, 255, 0, 0));
  put(dir, 'masks/tumour/a.png', mask(0, 255, 0, 0));
  put(dir, 'masks/tumour/b.png', mask(0, 0, 0, 1));
  assert.equal((await open(dir)).classNames, ['liver', 'tumour']);
  assert.equal(
    [await labels(dir, 'a'), await labels(dir, 'b')],
    [
      [1, 2, 0, 0],
      [0, 0, 0, 2],
    ],
  );
  put(dir, 'classes.json', '["tumour", "liver"]');
  assert.equal(await labels(dir, 'a'), [2, 2, 0, 0]);

  put(dir, 'classes.json', '["tumour"]');
  assert.is(await refusal(dir), 'DIR/masks/liver: a class that classes.json does not name; add it');
  put(dir, 'classes.json', '["tumour", "liver", "spleen"]');
  assert.is(await refusal(dir), 'classes.json names "spleen", but there is no DIR/masks/spleen');
  rmSync(join(dir, 'classes.json'));
  put(dir, 'masks/liver/c.png', mask(0, 0, 0, 0));
  assert.is(await refusal(dir), 'DIR/masks/liver/c.png has no image: expected DIR/images/c.png');
  rmSync(join(dir, 'masks/liver/c.png'));
  put(dir, 'masks/liver/a.png', png(1, 1, 0));
  assert.match(await refusal(dir), 'DIR/images/a.png is 2x2, its mask DIR/masks/liver/a.png is 1x1');
  rmSync(join(dir, 'masks/liver/a.png'));
  rmSync(join(dir, 'masks/tumour/a.png'));
  const none = 'has no mask of any class: expected DIR/masks/liver/a.png or another; all 0 where it shows none';
  assert.is(await refusal(dir), `DIR/images/a.png ${none}`);
});

test('a mask of classes is resized by the class that covers most, of equals the highest', () => {
  const of = (width: number, ...data: number[]): Image<Uint8Array> => ({
    width,
    height: data.length / width,
    channels: 1,
    data: Uint8Array.from(data),
  });
  assert.equal([...resizeMask(of(4, 3, 3, 1, 2), 2, 1).data], [3, 2]);
  assert.equal([...resizeMask(of(3, 1, 1, 2, 0, 2, 2, 0, 1, 1), 1, 1).data], [1]);
  assert.equal([...resizeMask(of(2, 0, 4), 4, 1).data], [0, 0, 4, 4]);
});

test.run();
