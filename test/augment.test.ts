import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../src/base/errors.js';
import { fold, seedKey } from '../src/base/random.js';
import { augment, parseAugmentations } from '../src/data/augment.js';

const SAMPLE = {
  name: 'a',
  image: { width: 2, height: 2, channels: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) },
  mask: { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 0, 0, 0) },
};

/** Where the corner of the mask went, and the first channel of the image. */
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

test('lists of names', () => {
  assert.equal(parseAugmentations('flip'), ['flip']);
  assert.equal(parseAugmentations(' flip, flip '), ['flip']);
  assert.equal(parseAugmentations(''), []);
  assert.equal(parseAugmentations('none'), []);
  const refusal = (list: string) => {
    try {
      parseAugmentations(list);
    } catch (error) {
      assert.instance(error, InputError);
      return (error as InputError).message;
    }
    return 'accepted';
  };
  assert.is(refusal('flip,rotat'), 'unknown augmentation "rotat"; known: flip, or none');
  assert.is(refusal('flip,'), 'unknown augmentation ""; known: flip, or none');
});

test.run();
