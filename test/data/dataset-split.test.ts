import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { drawSplit, parseSplit } from '../../src/data/split/split.js';

const KNOWN = ['a', 'b', 'c', 'd'];

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.instance(error, InputError);
    return (error as InputError).message;
  }
  return assert.unreachable('accepted') as never;
}

const refusal = (text: string) => message(() => parseSplit(text, KNOWN, 'split.json'));
const EXPECTED = 'expected {"train": [NAME, ...], "validation": [NAME, ...], "test": [NAME, ...]}, "test" if you like';

test('a split is read in its own order; test may be missing, names may be left out', () => {
  const split = parseSplit('\n{"train": ["c", "a"], "validation": ["b"]}', KNOWN, 'split.json');
  assert.equal(split, { train: ['c', 'a'], validation: ['b'], test: [] });
  const all = parseSplit('{"test": ["d"], "train": ["a"], "validation": ["b"]}', KNOWN, 'split.json');
  assert.equal(all.test, ['d']);
});

test('a name in two subsets, or twice in one, is named', () => {
  assert.is(
    refusal('{"train": ["a", "b"], "validation": ["b"]}'),
    'split.json: "b" is in "train" and in "validation"; keep it in one of them',
  );
  assert.match(refusal('{"train": ["a"], "validation": ["b"], "test": ["a"]}'), '"a" is in "train" and in "test"');
  assert.is(refusal('{"train": ["a", "a"], "validation": ["b"]}'), 'split.json: "train" names "a" twice; name it once');
});

test('unknown names', () => {
  assert.is(
    refusal('{"train": ["a", "x"], "validation": ["b"]}'),
    'split.json: "train" names "x", which is none of the 4 images',
  );
  assert.is(
    refusal('{"train": ["a"], "validation": ["images/b.png"]}'),
    'split.json: "validation" names "images/b.png", which must be written "b": names come without folder and ending',
  );
});

test('another structure', () => {
  assert.is(refusal('[]'), `split.json: ${EXPECTED}, found a list`);
  assert.is(refusal('null'), `split.json: ${EXPECTED}, found null`);
  assert.is(refusal('3'), `split.json: ${EXPECTED}, found a number`);
  assert.is(refusal('{"train": ["a"], "val": ["b"]}'), `split.json: unknown subset "val"; ${EXPECTED}`);
  assert.is(refusal('{"train": "a", "validation": ["b"]}'), `split.json: "train" must be a list of names; ${EXPECTED}`);
  assert.match(refusal('{"train": [1], "validation": ["b"]}'), '"train" must be a list of names');
  assert.is(refusal('{"train": ["a"]}'), 'split.json: "validation" names no image; it needs at least 1');
});

test('a drawn split holds a fifth for validation, depends on the seed and not on the order of the names', () => {
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const split = drawSplit(names, 7, 'data');
  assert.equal([split.train.length, split.validation.length, split.test.length], [40, 10, 0]);
  assert.equal([...split.train, ...split.validation].sort(), [...names].sort());
  assert.equal(drawSplit([...names].reverse(), 7, 'data'), split);
  assert.not.equal(drawSplit(names, 8, 'data'), split);
});

test('a drawn split is the same on every machine', () => {
  assert.equal(drawSplit(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], 1, 'data').validation, ['c', 'd']);
});

test('a small set keeps at least one for either use', () => {
  for (let count = 2; count <= 7; count++) {
    const split = drawSplit(
      Array.from({ length: count }, (_, i) => `n${i}`),
      count,
      'data',
    );
    assert.equal([split.train.length, split.validation.length], [count - 1, 1]);
  }
  assert.is(
    message(() => drawSplit(['a'], 1, 'data')),
    'data: 1 pair; training needs at least 2, one of them for validation',
  );
});

test.run();
