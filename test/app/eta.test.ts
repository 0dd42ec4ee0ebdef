import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secondsLeft } from '../../src/app/training/eta.js';
import { duration, grouped, inWords, memorySize, plural } from '../../src/base/quantities.js';

test('numbers as people read them', () => {
  assert.equal([0, 65.4, 3599.6, 7387].map(duration), ['0:00', '1:05', '1:00:00', '2:03:07']);
  assert.equal([12, 1234, 9_041_700].map(grouped), ['12', '1,234', '9,041,700']);
  assert.equal([432, 34.2e6, 8.75e9].map(inWords), ['0.4 thousand', '34.2 million', '8.8 billion']);
  assert.equal([1, 73e6, 1.25 * 2 ** 30, 2 ** 45].map(memorySize), ['1 MB', '70 MB', '1.3 GB', '32,768 GB']);
  assert.equal([plural(1, 'image'), plural(2000, 'image')], ['1 image', '2,000 images']);
});

test('the time left counts a validation image as a third of a training image', () => {
  const images = { train: 90, validation: 30 };
  const clock = (begun?: { epoch: number; images: number }) => {
    const times = [100, 110];
    return secondsLeft(images, begun, () => times.shift()!);
  };
  const at = (
    epoch: number,
    phase: 'training' | 'validation',
    done: number,
    total: number,
    begun = { epoch: 1, images: 0 },
  ) => clock(begun)({ epoch, epochs: 4, phase, done, total, imagesPerSecond: 1 });
  // An epoch is 100 units of work, the training 400.
  assert.is(at(1, 'training', 50, 90), 70);
  assert.is(at(2, 'validation', 15, 30), (10 / 195) * 205);
  assert.is(at(4, 'validation', 30, 30), 0);
  // A run that goes on from 150 has done 50 of them in the ten seconds.
  assert.is(at(3, 'training', 0, 90, { epoch: 2, images: 50 }), 40);
});

test('where it is trained on patches, a validation image counts by its size', () => {
  const times = [100, 110];
  const left = secondsLeft({ train: 90, validation: 30, scale: 6 }, undefined, () => times.shift()!);
  // An epoch is 90 + 30 x 6 / 3 = 150 units of work, of which 90 + 30 are done.
  assert.is(left({ epoch: 1, epochs: 2, phase: 'validation', done: 15, total: 30, imagesPerSecond: 1 }), 15);
});

test.run();
