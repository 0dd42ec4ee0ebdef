/** Splits that are drawn as the user says: by numbers or shares, by patient or image. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImageRecords, Origin } from '../../src/data/record.js';
import { completePlan, drawPlanned, type SplitPlan, splitCounts } from '../../src/data/split/plan.js';
import { type Split, subsets } from '../../src/data/split/split.js';
import { throwsInput } from '../support/throws.js';

/** 300 images of 60 patients, of 2 to 8 images each; three diagnoses, of 30, 18 and 12 patients. */
const images = new Map<string, Origin>();
for (let patient = 0; patient < 60; patient++) {
  const label = patient % 10 < 5 ? 'a' : patient % 10 < 8 ? 'b' : 'c';
  const count = 2 + ((patient * 37) % 7);
  for (let k = 0; k < count; k++) images.set(`n${patient}-${k}`, { patient: `p${patient}`, label });
}
const all = [...images.keys()].sort();

function recordsOf(origins: ReadonlyMap<string, Origin>): ImageRecords {
  const read = () => assert.unreachable('a split needs no pixels') as never;
  const recordOf = (name: string, origin: Origin) =>
    ({ name, width: 1, height: 1, channels: 1, ...origin, read }) as const;
  return new Map([...origins].map(([name, origin]) => [name, recordOf(name, origin)]));
}

function draw(plan: SplitPlan, { seed = 1, of = images } = {}): Split {
  const drawn = completePlan(plan, { dir: 'data', records: recordsOf(of) });
  return drawPlanned(drawn, [...of.keys()], seed, 'data', (name) => of.get(name));
}

const numbers = (split: Split) => subsets.map((subset) => split[subset].length);
const patients = (names: readonly string[]) => new Set(names.map((name) => images.get(name)!.patient!));

/** Images of nobody in particular. */
const plain = (count: number) => new Map(Array.from({ length: count }, (_, i): [string, Origin] => [`n${i}`, {}]));

test('sizes are numbers or shares of all images; a share that is asked for is never empty', () => {
  const counts = (sizes: string, total: number) => Object.values(splitCounts(sizes, total));
  assert.equal(counts('2800,200,64', 3064), [2800, 200, 64]);
  assert.equal(counts('80%,10%,10%', 3064), [2452, 306, 306]);
  assert.equal(counts(' 80% , 20% , 0% ', 6), [5, 1, 0]);
  assert.equal(counts('80%,10%,10%', 6), [4, 1, 1]);
  assert.equal(counts('12.5%,12.5%,25%', 80), [10, 10, 20]);
  assert.equal(counts('64.4%,2.9%,32.7%', 1000), [644, 29, 327], 'their sum is a bit above 100 in floating point');
  assert.equal(
    counts('33.3%,33.3%,33.4%', 10),
    [4, 3, 3],
    'what rounding takes or gives is made up for by the training',
  );
});

test('sizes that cannot be read', () => {
  const expected =
    'expected three numbers of images, for training, validation and test, like 2800,200,64, or shares of all images like 80%,10%,10%';
  for (const sizes of ['', '80%', '2800,200', '80%,10%,64', '1,2,3,4', '-1,2,3', '1.5,2,3', '80,10,10%', 'a,b,c']) {
    throwsInput(() => splitCounts(sizes, 100), `split "${sizes}": ${expected}`);
  }
  throwsInput(() => splitCounts('0,200,64', 100), 'split 0,200,64: 0 images for train; it needs at least 1');
  throwsInput(() => splitCounts('80%,0%,20%', 100), 'split 80%,0%,20%: 0 images for validation; it needs at least 1');
  throwsInput(
    () => splitCounts('80%,20%,10%', 100),
    'split 80%,20%,10%: the shares make 110%; lower one, 100% are all images',
  );
});

test('by image: exactly as many as asked for, of each label its share, no image twice', () => {
  for (const sizes of ['240,30,30', '100,20,10', '1,1,298']) {
    for (let seed = 0; seed < 10; seed++) {
      const split = draw({ sizes, by: 'image' }, { seed });
      assert.is(numbers(split).join(), sizes, `seed ${seed}`);
      const names = subsets.flatMap((subset) => split[subset]);
      assert.is(new Set(names).size, names.length);
      assert.ok(names.every((name) => images.has(name)));
    }
  }
  const { validation, test } = draw({ sizes: '240,30,30', by: 'image' });
  for (const label of ['a', 'b', 'c']) {
    const share = all.filter((name) => images.get(name)!.label === label).length / all.length;
    for (const names of [validation, test]) {
      const count = names.filter((name) => images.get(name)!.label === label).length;
      assert.ok(Math.abs(count - 30 * share) < 1, `${count} of 30 have the label ${label}, whose share is ${share}`);
    }
  }
  assert.ok(patients(test).size > 20, 'patients are not looked at');
});

test('by patient: nobody is in two subsets, and numbers and labels are met as nearly as that allows', () => {
  for (let seed = 0; seed < 20; seed++) {
    const split = draw({ sizes: '80%,10%,10%' }, { seed });
    const [train, validation, test] = subsets.map((subset) => patients(split[subset]));
    assert.is(train!.size + validation!.size + test!.size, 60, 'each in one subset');
    assert.equal([...split.train, ...split.validation, ...split.test].sort(), all, 'all images are used');
    // Where no patient of two images is left, a subset is met to half of three or four.
    const [, v, t] = numbers(split);
    assert.ok(Math.abs(v! - 30) <= 2 && Math.abs(t! - 30) <= 2, `seed ${seed}: ${v} and ${t} of 30`);
    for (const label of ['a', 'b', 'c']) {
      const ofLabel = (names: readonly string[]) => names.filter((name) => images.get(name)!.label === label).length;
      const expected = ofLabel(all) / 10;
      assert.ok(Math.abs(ofLabel(split.test) - expected) <= 4, `seed ${seed}: label ${label}, expected ${expected}`);
    }
  }
});

test('by patient, fewer than all: the others are left out', () => {
  const split = draw({ sizes: '100,20,10', by: 'patient' });
  assert.ok(
    numbers(split).every((count, k) => Math.abs(count - [100, 20, 10][k]!) <= 1),
    `${numbers(split)}`,
  );
  assert.ok(subsets.reduce((sum, subset) => sum + patients(split[subset]).size, 0) < 60);
});

test('no test images where none are asked for', () => {
  assert.equal(numbers(draw({ sizes: '240,60,0', by: 'image' })), [240, 60, 0]);
});

test('the split depends on the seed, not on the order of the images', () => {
  const backwards = new Map([...images].reverse());
  for (const by of ['patient', 'image'] as const) {
    const split = draw({ sizes: '80%,10%,10%', by }, { seed: 3 });
    assert.equal(draw({ sizes: '80%,10%,10%', by }, { seed: 3, of: backwards }), split);
    assert.not.equal(draw({ sizes: '80%,10%,10%', by }, { seed: 4 }), split);
  }
});

test('the split is the same on every machine', () => {
  assert.equal(draw({ sizes: '3,2,2' }, { of: plain(10) }), {
    train: ['n4', 'n6', 'n7'],
    validation: ['n8', 'n9'],
    test: ['n2', 'n3'],
  });
});

test('few patients: one each at least, the smallest for validation and test', () => {
  const of = new Map<string, Origin>();
  for (const [patient, count] of Object.entries({ large: 50, b: 1, c: 1 })) {
    for (let k = 0; k < count; k++) of.set(`${patient}${k}`, { patient });
  }
  for (let seed = 0; seed < 10; seed++) assert.equal(numbers(draw({ sizes: '80%,10%,10%' }, { seed, of })), [50, 1, 1]);
  of.delete('c0');
  throwsInput(
    () => draw({ sizes: '80%,10%,10%' }, { of }),
    'data: the split 80%,10%,10% by patient needs at least 3 patients, one each for train, validation and test, there are 2; ask for fewer subsets, or split by image',
  );
  assert.equal(numbers(draw({ sizes: '80%,20%,0%' }, { of })), [50, 1, 0]);
  assert.equal(numbers(draw({ sizes: '80%,10%,10%', by: 'image' }, { of })), [41, 5, 5]);
});

test('more images than there are', () => {
  throwsInput(
    () => draw({ sizes: '2800,200,64' }),
    `data: the split 2800,200,64 needs 3064 images, there are ${all.length}; ask for fewer`,
  );
  throwsInput(
    () => draw({ sizes: '80%,10%,10%' }, { of: plain(2) }),
    'data: the split 80%,10%,10% needs 3 images, there are 2; ask for fewer',
  );
});

test('by patient where patients are known; of nobody in particular it is refused', () => {
  const complete = (plan: SplitPlan, of: ReadonlyMap<string, Origin>) =>
    completePlan(plan, { dir: 'data', records: recordsOf(of) });
  assert.is(complete({ sizes: '8,1,1' }, images).by, 'patient');
  assert.is(complete({ sizes: '8,1,1' }, plain(10)).by, 'image');
  throwsInput(
    () => complete({ sizes: '8,1,1', by: 'patient' }, plain(10)),
    'data: nothing is known of its patients; split by image, or add a patients.json',
  );
});

test('a split is drawn again from the same images, and from no others', () => {
  const complete = (of: ReadonlyMap<string, Origin>, plan: SplitPlan = { sizes: '8,1,1' }) =>
    completePlan(plan, { dir: 'data', records: recordsOf(of) });
  const drawn = complete(images);
  assert.equal(complete(images, drawn), drawn);
  const refused =
    'data: not the images that the split 8,1,1 was drawn from, so that images of the training could be in any subset; restore them, or take the subset "all" of other images';
  const changes: Origin[] = [{ patient: 'p1', label: 'a' }, { patient: 'p0', label: 'b' }, { patient: 'p0' }];
  for (const origin of changes) {
    throwsInput(() => complete(new Map([...images, ['n0-0', origin]]), drawn), refused);
  }
  throwsInput(() => complete(new Map([...images, ['new', { patient: 'p0', label: 'a' }]]), drawn), refused);
});

test.run();
