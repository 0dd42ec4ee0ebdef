/** Folds of cross-validation: each image once, patients together, labels even. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import type { Origin } from '../../src/data/record.js';
import { drawFolds, splitOfFold } from '../../src/data/split/folds.js';
import { throwsInput } from '../support/throws.js';

const names = (count: number) => Array.from({ length: count }, (_, k) => `n${k}`);

test('each image is in one fold, folds are of equal size, and depend on the seed but not on the order', () => {
  const folds = drawFolds(names(23), 5, 7, 'data');
  assert.equal(folds.flat().sort(), names(23).sort());
  assert.equal(folds.map(({ length }) => length).sort(), [4, 4, 5, 5, 5]);
  for (const fold of folds) assert.equal(fold, [...fold].sort());
  assert.equal(drawFolds(names(23).reverse(), 5, 7, 'data'), folds);
  assert.not.equal(drawFolds(names(23), 5, 8, 'data'), folds);
});

test('images of a patient stay together, labels are dealt evenly, and no fold is empty', () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new Random(seedKey(seed));
    const origins = new Map<string, Origin>();
    for (let k = 0; k < 60; k++) {
      const patient = random.integer(16);
      origins.set(`n${k}`, { patient: `p${patient}`, label: patient % 3 === 0 ? 'rare' : 'common' });
    }
    const of = (name: string) => origins.get(name);
    const folds = drawFolds([...origins.keys()], 4, seed, 'data', of);
    const homes = new Map<string, number>();
    for (const [k, fold] of folds.entries()) {
      assert.ok(fold.length > 0);
      for (const name of fold) {
        const patient = of(name)!.patient!;
        assert.is(homes.get(patient) ?? k, k, `${patient} is in two folds`);
        homes.set(patient, k);
      }
    }
    // Dealing the largest first, two folds differ by one patient of the label at most.
    for (const label of ['rare', 'common']) {
      const sizes = folds.map((fold) => fold.filter((name) => of(name)!.label === label).length);
      const imagesOf = (name: string) => [...origins.values()].filter(({ patient }) => patient === name).length;
      const largest = Math.max(...[...homes.keys()].map(imagesOf));
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= largest, `${label}: ${sizes}`);
    }
  }
});

test('a fold tests, the next validates, the others train', () => {
  const folds = [['a'], ['b', 'c'], ['d'], ['e']];
  assert.equal(splitOfFold(folds, 1), { train: ['a', 'e'], validation: ['d'], test: ['b', 'c'] });
  assert.equal(splitOfFold(folds, 3), { train: ['b', 'c', 'd'], validation: ['a'], test: ['e'] });
});

test('too few images or patients are refused with their number', () => {
  throwsInput(() => drawFolds(names(4), 5, 1, 'data'), 'data: 5 folds need at least 5 images, it has 4; take fewer');
  const two = (name: string) => ({ patient: name < 'n5' ? 'x' : 'y' });
  throwsInput(
    () => drawFolds(names(9), 3, 1, 'data', two),
    'data: 3 folds need at least 3 patients, it has 2; take fewer',
  );
});

test.run();
