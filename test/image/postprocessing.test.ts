/** Postprocessing: what is removed and what is filled, step by step and class by class. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../../src/image/image.js';
import { isPostprocessing, type Postprocessing, postprocess } from '../../src/image/postprocessing.js';
import { floodFill } from '../support/image/flood-fill.js';
import { drawn, linesOf, randomMask } from '../support/image/masks.js';

const after = (how: Postprocessing, ...lines: string[]) => linesOf(postprocess(drawn(...lines), how));

test('small objects are removed, those of the size stay', () => {
  const lines = ['11..2', '.1...', '...11', '22.1.'];
  assert.equal(after({ minObject: 1 }, ...lines), lines);
  assert.equal(after({ minObject: 2 }, ...lines), ['11...', '.1...', '...11', '22.1.']);
  assert.equal(after({ minObject: 3 }, ...lines), ['11...', '.1...', '...11', '...1.']);
  assert.equal(after({ minObject: 4 }, ...lines), ['.....', '.....', '.....', '.....']);
});

test('holes are filled up to their size; what touches the border is none', () => {
  const lines = ['11111.', '1...1.', '1.1.11', '1...1.', '111111'];
  assert.equal(after({ maxHole: 7 }, ...lines), lines);
  assert.equal(after({ maxHole: 8 }, ...lines), ['11111.', '11111.', '111111', '11111.', '111111']);
  for (const open of [
    ['1.1', '1.1', '111'],
    ['111', '1.1', '1.1'],
    ['111', '..1', '111'],
    ['111', '1..', '111'],
  ]) {
    assert.equal(after({ maxHole: 100 }, ...open), open);
  }
});

test('a hole is closed by corners: the background goes along sides alone', () => {
  assert.equal(after({ maxHole: 1 }, '.1.', '1.1', '.1.'), ['.1.', '111', '.1.']);
});

test('what fills a hole is the one class around it', () => {
  const enclosed = ['11111', '1...1', '1.2.1', '1...1', '11111'];
  assert.equal(after({ maxHole: 9 }, ...enclosed), enclosed);
  assert.equal(after({ minObject: 2, maxHole: 9 }, ...enclosed), ['11111', '11111', '11111', '11111', '11111']);
  assert.equal(after({ maxHole: 2 }, '2222', '2..2', '2222'), ['2222', '2222', '2222']);
  const between = ['1111', '1..2', '2222'];
  assert.equal(after({ maxHole: 2 }, ...between), between);
});

test('the largest object of each class is kept, of equals the first', () => {
  assert.equal(after({ largestOnly: true }, '11.2.', '.....', '11.22', '.....', '1...2'), [
    '11...',
    '.....',
    '...22',
    '.....',
    '.....',
  ]);
  // Filling comes first: the ring is larger than the disc beside it.
  assert.equal(after({ largestOnly: true, maxHole: 9 }, '111.11', '1.1.11', '111.11', '....11', '....11'), [
    '....11',
    '....11',
    '....11',
    '....11',
    '....11',
  ]);
});

/** The rules of `postprocess` pixel by pixel. */
function byPixels(mask: Image<Uint8Array>, { minObject = 0, maxHole = 0, largestOnly }: Postprocessing): Uint8Array {
  const { width, height } = mask;
  const data = mask.data.slice();
  const image = { ...mask, data };
  const sizes = (labels: number[]) => {
    const count = new Array<number>(labels.length + 1).fill(0);
    for (const label of labels) count[label]!++;
    return count;
  };
  let labels = floodFill(image, 8, (value) => value !== 0);
  let areas = sizes(labels);
  labels.forEach((label, i) => {
    if (label !== 0 && areas[label]! < minObject) data[i] = 0;
  });
  labels = floodFill(image, 4, (value) => value === 0);
  areas = sizes(labels);
  const around = labels.map(() => new Set<number>());
  labels.forEach((label, i) => {
    if (label === 0) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) around[label]!.add(-1);
    for (const next of [i - 1, i + 1, i - width, i + width]) if (labels[next] === 0) around[label]!.add(data[next]!);
  });
  const before = data.slice();
  labels.forEach((label, i) => {
    const [only] = around[label]!;
    if (label !== 0 && areas[label]! <= maxHole && around[label]!.size === 1 && only! > 0) before[i] = only!;
  });
  data.set(before);
  if (!largestOnly) return data;
  labels = floodFill(image, 8, (value) => value !== 0);
  areas = sizes(labels);
  const best = new Map<number, number>();
  labels.forEach((label, i) => {
    const known = best.get(data[i]!);
    if (label !== 0 && (known === undefined || areas[label]! > areas[known]!)) best.set(data[i]!, label);
  });
  return data.map((value, i) => (labels[i] === best.get(value) ? value : 0));
}

test('random masks, by runs as by pixels', () => {
  let changed = 0;
  for (let seed = 0; seed < 150; seed++) {
    const mask = randomMask(seed, 2 + ((seed * 5) % 29), 2 + ((seed * 3) % 23), 1 + (seed % 3));
    const how: Postprocessing = {
      ...(seed % 2 === 0 && { minObject: 1 + (seed % 7) }),
      ...(seed % 3 !== 1 && { maxHole: 1 + (seed % 5) }),
      ...(seed % 5 === 0 && { largestOnly: true }),
    };
    const result = postprocess(mask, how);
    assert.equal([...result.data], [...byPixels(mask, how)], `seed ${seed}`);
    changed += Number(result.data.some((value, i) => value !== mask.data[i]));
  }
  assert.ok(changed > 60, `${changed} of 150 masks changed`);
});

test('nothing to do: the mask itself; otherwise the mask that is given stays', () => {
  const mask = drawn('1.1', '...');
  assert.is(postprocess(mask, {}), mask);
  assert.is(postprocess(mask, { largestOnly: false, minObject: undefined }), mask);
  postprocess(mask, { minObject: 2 });
  assert.equal(linesOf(mask), ['1.1', '...']);
});

test('what is a postprocessing', () => {
  for (const good of [{}, { minObject: 1 }, { maxHole: 512, largestOnly: false }, { minObject: undefined }]) {
    assert.ok(isPostprocessing(good));
  }
  const wrong = [
    null,
    3,
    [],
    { minObject: 0 },
    { maxHole: 1.5 },
    { maxHole: '8' },
    { largestOnly: 1 },
    { minobject: 8 },
  ];
  for (const value of wrong) assert.not(isPostprocessing(value), JSON.stringify(value));
});

test.run();
