import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { fold, seedKey } from '../../src/base/random.js';
import { sha256Portable } from '../../src/base/sha256.js';
import { AUGMENTATIONS, augment, parseAugmentations } from '../../src/data/augment/augment.js';
import type { Sample } from '../../src/data/dataset.js';
import { augmented, keyOf, sampleOf } from '../support/augment.js';

const SAMPLE = {
  name: 'a',
  image: { width: 2, height: 2, channels: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) },
  mask: { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 0, 0, 0) },
};

/** The new position of the mask's corner, and the first channel of the image. */
function flipped(step: number): string {
  const { name, image, mask } = augment(SAMPLE, parseAugmentations('flip'), fold(seedKey(1), step));
  assert.is(name, 'a');
  assert.equal([image.width, image.height, image.channels, mask.channels], [2, 2, 3, 1]);
  const red = [0, 3, 6, 9].map((i) => image.data[i]);
  for (let i = 0; i < 12; i++) assert.is(image.data[i], red[Math.floor(i / 3)]! + (i % 3), 'channels stay together');
  return `${red} ${mask.data}`;
}

test('flip gives the four mirror images of image and mask alike, each about a quarter of the time', () => {
  const counts = new Map<string, number>();
  for (let step = 0; step < 400; step++) counts.set(flipped(step), (counts.get(flipped(step)) ?? 0) + 1);
  assert.equal([...counts.keys()].sort(), [
    '1,4,7,10 1,0,0,0',
    '10,7,4,1 0,0,0,1',
    '4,1,10,7 0,1,0,0',
    '7,10,1,4 0,0,1,0',
  ]);
  for (const count of counts.values()) assert.ok(count > 70 && count < 130, `${count} of 400`);
});

test('the same on every machine, and the sample is not written to', () => {
  const before = structuredClone(SAMPLE);
  const masks = [0, 1, 2, 3, 4, 5].map((step) => flipped(step).split(' ')[1]!.replaceAll(',', ''));
  assert.equal(masks, ['1000', '0010', '0100', '0010', '0100', '0010']);
  assert.equal(SAMPLE, before);
});

test('without augmentation the sample itself', () => {
  assert.is(augment(SAMPLE, [], seedKey(1)), SAMPLE);
});

test('lists of names, with strengths', () => {
  const read = (list: string) => parseAugmentations(list).map(({ name, strength }) => `${name} ${strength}`);
  assert.equal(read('flip'), ['flip 1']);
  assert.equal(read(''), []);
  assert.equal(read(' none '), []);
  assert.equal(read(' elastic : 0.5, flip '), ['flip 1', 'elastic 0.5']);
  assert.equal(read('noise:3,gamma:1e-1,turn:0'), ['gamma 0.1', 'noise 3']);
  const all = AUGMENTATIONS.map((name) => `${name} 1`);
  assert.equal(read('all'), all);
  const half = AUGMENTATIONS.map((name) => `${name} 0.5`);
  assert.equal(read('all:0.5'), half);
  const most = ['flip 1', 'turn 1', ...AUGMENTATIONS.slice(2).map((name) => `${name} 3`)];
  assert.equal(read('all:3'), most);
});

test('of what comes twice the last counts, so that all can be all but one', () => {
  const names = (list: string) => parseAugmentations(list).map(({ name }) => name);
  assert.equal(parseAugmentations('noise,flip,noise:2'), parseAugmentations('noise:2,flip'));
  assert.equal(names('all,turn:0,flip:0'), AUGMENTATIONS.slice(2));
});

test('a list that is wrong is refused with what is known', () => {
  const refusal = (list: string) => {
    try {
      parseAugmentations(list);
    } catch (error) {
      assert.instance(error, InputError);
      return (error as InputError).message;
    }
    return 'accepted';
  };
  const known = 'known: flip, turn, elastic, affine, brightness, contrast, gamma, colour, noise, all, or none';
  assert.is(refusal('flip,rotat'), `unknown augmentation "rotat"; ${known}`);
  assert.is(refusal('flip,'), `unknown augmentation ""; ${known}`);
  assert.is(refusal('toString'), `unknown augmentation "toString"; ${known}`);
  for (const wrong of ['elastic:', 'elastic:x', 'elastic:-1', 'elastic:3.1', 'elastic:1:2', 'elastic:NaN']) {
    assert.is(refusal(wrong), `augmentation "${wrong}": expected a strength from 0 to 3, as in elastic:0.5`);
  }
  assert.is(refusal('flip:2'), 'augmentation "flip:2": expected a strength from 0 to 1, as in flip:0.5');
  assert.is(refusal('all:4'), 'augmentation "all:4": expected a strength from 0 to 3, as in all:0.5');
});

test('each draws for itself: one after the other is the same as both together, in whatever order they are listed', () => {
  const sample = sampleOf({ width: 12, channels: 3 });
  const once = (one: Sample, list: string, step: number) => augment(one, parseAugmentations(list), keyOf(step));
  for (const [k, first] of AUGMENTATIONS.entries()) {
    for (const second of AUGMENTATIONS.slice(k + 1)) {
      // These two are one resampling.
      if (first === 'elastic' && second === 'affine') continue;
      for (let step = 0; step < 6; step++) {
        const both = once(sample, `${second},${first}`, step);
        const inTurn = once(once(sample, first, step), second, step);
        const differs = [...both.image.data].findIndex((value, i) => value !== inTurn.image.data[i]);
        assert.is(differs, -1, `${first}, ${second}: value ${differs}`);
        assert.equal(both.mask, inTurn.mask, `${first}, ${second}`);
      }
    }
  }
});

test('a pure function of sample, list and key: others in between change nothing', () => {
  const sample = sampleOf({ channels: 3 });
  const forwards = augmented(sample, 'all', 10);
  const all = parseAugmentations('all');
  for (let step = 9; step >= 0; step--) assert.equal(augment(sample, all, keyOf(step)), forwards[step]);
  const different = new Set(forwards.map(({ image }) => sha256Portable(new Uint8Array(image.data.buffer))));
  assert.is(different.size, 10);
});

// What these samples became where this was written down; every engine gives the same.
test('the same bits on every machine and every Node', () => {
  const hash = (channels: 1 | 3) => {
    const samples = augmented(sampleOf({ channels }), 'all', 16);
    const bytes = samples.flatMap(({ image, mask }) => [...new Uint8Array(image.data.buffer), ...mask.data]);
    return sha256Portable(Uint8Array.from(bytes));
  };
  assert.is(hash(1), 'f53270f704de2a7b1b4d1341766340e7c12bfb35d7d48cb7ac15daf127b34214');
  assert.is(hash(3), '770e87814b855e8cffb468632c425c61eca56bde82168a64372bf726efac6544');
});

test.run();
