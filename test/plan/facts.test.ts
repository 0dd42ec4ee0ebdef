/** The facts on a data set: what headers say, what a sample of the training images shows, and what nobody reads. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import type { ImageRecord, LabelledImage } from '../../src/data/record.js';
import type { Image } from '../../src/image/image.js';
import { gatherFacts } from '../../src/plan/facts.js';

const grey = <T extends Uint8Array | Uint16Array>(width: number, data: T): Image<T> => ({
  width,
  height: data.length / width,
  channels: 1,
  data,
});

/** A mask of 8x8 pixels drawn by rows. */
const drawn = (...rows: string[]) => grey(8, Uint8Array.from(rows.join('').padEnd(64, '0'), Number));

interface Fake extends Partial<Omit<ImageRecord, 'read'>> {
  readonly content?: LabelledImage;
}

function datasetOf(fakes: Readonly<Record<string, Fake>>, split: Partial<Dataset['split']>, classes = 1) {
  const read: string[] = [];
  const records = Object.entries(fakes).map(([name, { content, ...more }]): [string, ImageRecord] => [
    name,
    {
      name,
      width: 8,
      height: 8,
      channels: 1,
      ...more,
      async read() {
        read.push(name);
        return content ?? { image: grey(8, new Uint8Array(64)), mask: drawn() };
      },
    },
  ]);
  const dataset = {
    records: new Map(records),
    split: { train: [], validation: [], test: [], ...split },
    channels: 1,
    classes,
  } as unknown as Dataset;
  return { dataset, read };
}

test('sizes and patients of the images for training and validation, whose headers alone are looked at', async () => {
  const { dataset, read } = datasetOf(
    {
      a: { width: 10, height: 40, patient: 'p' },
      b: { width: 30, height: 20, patient: 'p' },
      c: { width: 20, height: 90, patient: 'q' },
      d: { width: 999, height: 999, patient: 'r' },
    },
    { train: ['a', 'b'], validation: ['c'], test: ['d'] },
  );
  const facts = await gatherFacts(dataset);
  assert.equal(facts.images, { train: 2, validation: 1, test: 1 });
  assert.equal(facts.sizes, {
    smallest: { width: 10, height: 20 },
    median: { width: 20, height: 40 },
    largest: { width: 30, height: 90 },
  });
  assert.equal([facts.square, facts.meanPixels, facts.patients, facts.looked], [false, 500, 2, 2]);
  assert.equal(read, ['a', 'b'], 'neither those for validation nor those for testing');
});

test('values, classes and objects of the training images', async () => {
  const dark = grey(
    8,
    Uint8Array.from({ length: 64 }, (_, i) => 10 + (i % 52)),
  );
  const bright = grey(
    8,
    Uint16Array.from({ length: 64 }, (_, i) => (i === 3 ? 65535 : 0)),
  );
  const none = grey(8, new Uint8Array(64).fill(7));
  const { dataset } = datasetOf(
    {
      // Corners touch: one object of five columns. The square of class 2 beside it is another one.
      a: { content: { image: dark, mask: drawn('11000000', '00111220', '00000220') } },
      b: { content: { image: bright, mask: drawn('10000000', '10000000', '10000000', '00000000', '00000001') } },
      c: { content: { image: none, mask: drawn() } },
    },
    { train: ['a', 'b', 'c'] },
    2,
  );
  const facts = await gatherFacts(dataset);
  assert.equal([facts.bits, facts.contrast], [16, 51 / 255]);
  assert.equal(facts.shares, [(3 * 64 - 13) / 192, 9 / 192, 4 / 192]);
  assert.equal([facts.empty, facts.objectSide], [1 / 3, 4]);
  assert.equal([facts.square, facts.patients, facts.spacing], [true, null, null]);
});

test('of many images 64, evenly spaced; a signal ends it', async () => {
  const names = Array.from({ length: 640 }, (_, k) => `${k}`);
  const fakes = Object.fromEntries(names.map((name) => [name, {}]));
  const { dataset, read } = datasetOf(fakes, { train: names });
  const seen: string[] = [];
  await gatherFacts(dataset, { onProgress: (done, total) => seen.push(`${done}/${total}`) });
  assert.equal([read.length, read[1], read.at(-1), seen.at(-1)], [64, '10', '630', '64/64']);
  const signal = AbortSignal.abort(new Error('enough'));
  assert.is(await gatherFacts(dataset, { signal }).catch((error: Error) => error.message), 'enough');
});

test('the size of a pixel, where every image says it', async () => {
  const spaced = (row: number, column: number): Fake => ({
    content: { image: { ...grey(8, new Uint8Array(64)), spacing: [row, column] }, mask: drawn() },
  });
  const known = datasetOf({ a: spaced(1, 2), b: spaced(3, 2) }, { train: ['a', 'b'] });
  assert.equal((await gatherFacts(known.dataset)).spacing, [2, 2]);
  const partly = datasetOf({ a: spaced(1, 2), b: {} }, { train: ['a', 'b'] });
  assert.is((await gatherFacts(partly.dataset)).spacing, null);
});

test.run();
