/** Changes of value: what each does to the numbers, within which bounds, and that the mask stays. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/base/random.js';
import { INTENSITIES } from '../../src/data/augment/intensity.js';
import type { Sample } from '../../src/data/dataset.js';
import { normalise } from '../../src/image/normalise.js';
import { augmented, changed, keyOf, largestDifference, meanAndDeviation, sampleOf } from '../support/augment.js';

const GREY = sampleOf();
const COLOUR = sampleOf({ channels: 3 });
const [MEAN, DEVIATION] = meanAndDeviation(GREY.image);
const NAMES = Object.keys(INTENSITIES);
const sorted = ({ image }: Sample) => [...image.data].sort((a, b) => a - b);

/** Asserts that what is drawn lies in [-bound, bound], near both ends too, as far as `count` draws come there. */
function spreadOver(values: readonly number[], bound: number, name: string): void {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  assert.ok(low >= -bound * 1.001 && high <= bound * 1.001, `${name}: ${low} to ${high}`);
  assert.ok(low < -0.8 * bound && high > 0.8 * bound, `${name}: ${low} to ${high}`);
}

test('the mask stays, and about half of the samples are as they were', () => {
  for (const name of NAMES) {
    const samples = augmented(COLOUR, name, 200);
    for (const { mask } of samples) assert.is(mask, COLOUR.mask);
    const same = samples.filter((one) => one === COLOUR).length;
    assert.ok(same > 70 && same < 130, `${name}: ${same} of 200`);
  }
});

test('strength 0 changes nothing', () => {
  for (const [name, rule] of Object.entries(INTENSITIES)) {
    const image = { ...COLOUR.image, data: COLOUR.image.data.slice() };
    rule(image, 0, new Random(keyOf(1)));
    const largest = largestDifference(image.data, COLOUR.image.data);
    assert.ok(largest < 1e-7, `${name}: ${largest}`);
  }
});

test('brightness adds one number, up to 0.3 standard deviations', () => {
  for (const [list, strength] of [
    ['brightness', 1],
    ['brightness:2', 2],
  ] as const) {
    const shifts = changed(GREY, list, 60).map(({ image }) => {
      const shift = image.data[0]! - GREY.image.data[0]!;
      const same = GREY.image.data.map((value) => value + shift);
      assert.ok(largestDifference(image.data, same) < 1e-6);
      return shift / DEVIATION;
    });
    spreadOver(shifts, 0.3 * strength, list);
  }
});

test('contrast keeps the mean and multiplies the deviation by up to 1.25', () => {
  const gains = changed(GREY, 'contrast', 60).map(({ image }) => {
    const [mean, deviation] = meanAndDeviation(image);
    assert.ok(Math.abs(mean - MEAN) < 1e-6);
    return Math.log(deviation / DEVIATION);
  });
  spreadOver(gains, Math.log(1.25), 'contrast');
});

test('gamma keeps both ends and the order, and its exponent is up to 1.5', () => {
  const before = sorted(GREY);
  const [low, high] = [before[0]!, before.at(-1)!];
  const order = [...GREY.image.data.keys()].sort((a, b) => GREY.image.data[a]! - GREY.image.data[b]!);
  const exponents = changed(GREY, 'gamma', 60).map((sample) => {
    const after = sorted(sample);
    assert.is(after[0], low);
    assert.ok(Math.abs(after.at(-1)! - high) < 1e-7);
    const share = (value: number) => (value - low) / (high - low);
    const middle = before.findIndex((value) => share(value) > 0.5);
    const exponent = Math.log(share(after[middle]!)) / Math.log(share(before[middle]!));
    const curve = before.map((value) => share(value) ** exponent);
    assert.ok(largestDifference(after.map(share), curve) < 0.01, `to ${exponent}`);
    const moved = order.map((i) => sample.image.data[i]!);
    assert.is(largestDifference(moved, after), 0, 'another order');
    return Math.log(exponent);
  });
  spreadOver(exponents, Math.log(1.5), 'gamma');
});

test('colour multiplies each channel, counted from the darkest value, by up to 1.15; grey images stay', () => {
  const [black] = sorted(COLOUR);
  const gains = changed(COLOUR, 'colour', 40).flatMap(({ image }) =>
    [0, 1, 2].map((c) => {
      const values = (data: Float32Array) => [...data].filter((_, i) => i % 3 === c).map((value) => value - black!);
      const [before, after] = [values(COLOUR.image.data), values(image.data)];
      const gain = Math.max(...after) / Math.max(...before);
      const same = before.map((value) => value * gain);
      assert.ok(largestDifference(after, same) < 1e-6);
      return Math.log(gain);
    }),
  );
  spreadOver(gains, Math.log(1.15), 'colour');
  assert.ok(new Set(gains.slice(0, 3)).size === 3, 'each its own');
  for (const { image } of changed(GREY, 'colour', 10)) assert.equal(image, GREY.image);
});

test('noise is normal, without a mean, independent, and up to 0.15 standard deviations', () => {
  const strengths: number[] = [];
  for (const { image } of changed(GREY, 'noise', 60)) {
    const data = image.data.map((value, i) => value - GREY.image.data[i]!);
    const [mean, deviation] = meanAndDeviation({ ...image, data });
    const standard = [...data].map((value) => (value - mean) / deviation);
    const moment = (power: number) => standard.reduce((sum, value) => sum + value ** power, 0) / standard.length;
    const neighbours = standard.slice(1).reduce((sum, value, i) => sum + value * standard[i]!, 0) / standard.length;
    assert.ok(Math.abs(mean) < (5 * deviation) / 24, `mean ${mean}`);
    assert.ok(Math.abs(moment(3)) < 0.5 && Math.abs(moment(4) - 3) < 1.2, `moments ${moment(3)}, ${moment(4)}`);
    assert.ok(Math.abs(neighbours) < 5 / 24, `neighbours ${neighbours}`);
    strengths.push(deviation / DEVIATION);
  }
  const [low, high] = [Math.min(...strengths), Math.max(...strengths)];
  assert.ok(low < 0.03 && high > 0.12 && high < 0.15 * 1.1, `${low} to ${high}`);
});

test('however values are normalised, the change is the same', () => {
  const zscore = { ...COLOUR, image: normalise(COLOUR.image, 'zscore') };
  const [mean, deviation] = meanAndDeviation(COLOUR.image);
  const all = augmented(COLOUR, NAMES.join(), 20);
  augmented(zscore, NAMES.join(), 20).forEach(({ image }, k) => {
    const expected = all[k]!.image.data.map((value) => (value - mean) / deviation);
    const largest = largestDifference(image.data, expected);
    assert.ok(largest < 1e-4, `${largest}`);
  });
});

test('what was in [0, 1] is in [0, 1] again, and what was not is not clipped', () => {
  const unit = sampleOf({ channels: 3, value: (_x, _y, _c, random) => random.uniform() });
  const extents = augmented(unit, 'all:3', 40).map(({ image }) => [Math.min(...image.data), Math.max(...image.data)]);
  assert.is(Math.min(...extents.map(([low]) => low!)), 0);
  assert.is(Math.max(...extents.map(([, high]) => high!)), 1);
  const zscore = { ...unit, image: normalise(unit.image, 'zscore') };
  const wide = augmented(zscore, 'brightness:3', 40).map(({ image }) => Math.max(...image.data));
  assert.ok(Math.max(...wide) > Math.max(...zscore.image.data) + 0.5);
});

test('an image of one value stays as it is', () => {
  const flat = sampleOf({ channels: 3, value: () => 0.25 });
  for (const { image } of augmented(flat, 'all:3', 40)) {
    assert.ok(image.data.every((value) => value === 0.25));
  }
});

test.run();
