import * as assert from 'uvu/assert';
import type { Origin } from '../../src/data/record.js';
import { drawSplit } from '../../src/data/split/split.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { openDataset } from '../../src/platform/node/data.js';
import { put, suiteInFolder } from '../support/cli/cli.js';
import { rejection, throwsInput } from '../support/throws.js';

const test = suiteInFolder('patients');

function putPair(dir: string, name: string, value: number): void {
  const frame = { width: 2, height: 1, channels: 1 };
  put(dir, `images/${name}.png`, encodePng({ ...frame, data: Uint8Array.of(value, 0) }));
  put(dir, `masks/${name}.png`, encodePng({ ...frame, data: Uint8Array.of(255, 0) }));
}

const open = (dir: string) => openDataset(dir, { size: 2, seed: 1 });

/** 60 images of 20 patients: three diagnoses, of 10, 6 and 4 patients. */
const names = Array.from({ length: 60 }, (_, i) => `n${String(i).padStart(2, '0')}`);
const originOf = (name: string): Origin => {
  const patient = Number(name.slice(1)) % 20;
  return { patient: `p${patient}`, label: patient < 10 ? 'a' : patient < 16 ? 'b' : 'c' };
};

test('a drawn split keeps patients together and gives each label its share', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { train, validation } = drawSplit(names, seed, 'data', originOf);
    assert.equal([...train, ...validation].sort(), names);
    const patients = new Set(train.map((name) => originOf(name).patient));
    assert.ok(
      validation.every((name) => !patients.has(originOf(name).patient)),
      `seed ${seed}`,
    );
    const count = (label: string) => validation.filter((name) => originOf(name).label === label).length;
    // A fifth of 30, 18 and 12 images is 6, 3.6 and 2.4; patients have three images each.
    assert.equal([count('a'), count('b'), count('c')], [6, 3, 3]);
  }
});

test('a drawn split depends on the seed, not on the order of the names', () => {
  const split = drawSplit(names, 3, 'data', originOf);
  assert.equal(drawSplit([...names].reverse(), 3, 'data', originOf), split);
  assert.not.equal(drawSplit(names, 4, 'data', originOf), split);
});

test('few patients: one is held out, and one alone is refused', () => {
  const few = ['a1', 'a2', 'a3', 'b1', 'b2'];
  const { validation } = drawSplit(few, 1, 'data', (name) => ({ patient: name[0]!, label: name[0]! }));
  assert.equal(validation, ['b1', 'b2']);
  throwsInput(
    () => drawSplit(few, 1, 'data', () => ({ patient: 'Smith' })),
    'data: all 5 images are of one patient; training needs at least 2 patients, or a split.json',
  );
});

test('patients.json: a split.json that divides a patient is refused, naming both images', async ({ dir }) => {
  for (const [k, name] of ['a', 'b', 'c'].entries()) putPair(dir, name, k);
  put(
    dir,
    'patients.json',
    '{"a": {"patient": 7}, "b": {"patient": "8", "label": 2}, "c": {"patient": "7"}, "x": {"patient": "9"}}',
  );
  put(dir, 'split.json', '{"train": ["a", "b"], "validation": ["c"]}');
  assert.is(
    (await rejection(open(dir))).replaceAll(dir, 'DIR'),
    'DIR/split.json: "a" (train) and "c" (validation) are of one patient, 7; keep a patient in one subset',
  );
  put(dir, 'split.json', '{"train": ["a", "c"], "validation": ["b"]}');
  const dataset = await open(dir);
  assert.equal(dataset.records.get('b')?.patient, '8');
  assert.equal(dataset.records.get('b')?.label, '2');
});

test('patients.json that does not fit', async ({ dir }) => {
  for (const [k, name] of ['a', 'b'].entries()) putPair(dir, name, k);
  const expected = 'expected {"NAME": {"patient": "ID", "label": "DIAGNOSIS"}, ...}, "label" if you like';
  const fault = async (text: string, message: string) => {
    put(dir, 'patients.json', text);
    assert.is((await rejection(open(dir))).replaceAll(dir, 'DIR'), `DIR/patients.json: ${message}`);
  };
  await fault('[]', expected);
  await fault('{"a": ', 'not valid JSON at line 1, column 7');
  await fault('{"a": {"patient": "1"}}', `says nothing of "b"; ${expected}`);
  await fault('{"a": "1", "b": "2"}', `the entry of "a" is "1"; ${expected}`);
  await fault('{"a": {"patient": ""}}', `the entry of "a" is {"patient":""}; ${expected}`);
  await fault('{"a": {"patient": 1, "label": []}}', `the entry of "a" is {"patient":1,"label":[]}; ${expected}`);
});

test('the same image in two subsets of a split.json is refused, naming both', async ({ dir }) => {
  putPair(dir, 'a', 5);
  putPair(dir, 'b', 6);
  putPair(dir, 'c', 5);
  putPair(dir, 'd', 5);
  put(dir, 'split.json', '{"train": ["a", "d"], "validation": ["b"], "test": ["c"]}');
  const dataset = await open(dir);
  for (const name of ['a', 'b', 'd']) await dataset.load(name);
  assert.is(
    (await rejection(dataset.load('c'))).replaceAll(dir, 'DIR'),
    'DIR/split.json: "a" (train) and "c" (test) are the same image; keep it in one subset',
  );
});

test.run();
