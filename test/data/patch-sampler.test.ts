/** Patches: where they lie, what they show, and that images keep their own size or get one spacing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { augment, parseAugmentations } from '../../src/data/augment/augment.js';
import type { Sample } from '../../src/data/dataset.js';
import { type PatchSamplerOptions, patchSampler } from '../../src/data/patch-sampler.js';
import type { LabelledImage } from '../../src/data/record.js';
import { normalise } from '../../src/image/normalise.js';
import { reflect } from '../../src/image/pad.js';
import { cutOut, type Window } from '../../src/image/window.js';
import { keyOf, largestDifference, type SampleOptions, sampleOf } from '../support/augment.js';
import { throwsInput } from '../support/throws.js';

const samplerOf = (options: Partial<PatchSamplerOptions> = {}) =>
  patchSampler({ normalisation: 'range', patch: 8, perImage: 1, ...options });

/** The windows of a sample, one for each of `count` keys. */
function windowsOf(sample: Sample, options: Partial<PatchSamplerOptions>, count: number): Window[] {
  const { patches } = samplerOf(options);
  return Array.from({ length: count }, (_, step) => patches!.window(sample, keyOf(step)));
}

/** Image and mask as a set says them: grey, 0 to 255, and its spacing. */
function stored(width: number, height: number, spacing?: readonly [number, number]): LabelledImage {
  const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256);
  const mask = Uint8Array.from(data, (value) => Number(value > 200));
  return {
    image: { width, height, channels: 1, data, ...(spacing && { spacing }) },
    mask: { width, height, channels: 1, data: mask },
  };
}

test('a sample is the image at its own size, normalised as a whole, whatever its sides', () => {
  const labelled = stored(37, 21);
  const sample = samplerOf({ normalisation: 'zscore' }).sample('a', labelled, 1);
  assert.equal(sample, { name: 'a', image: normalise(labelled.image, 'zscore'), mask: labelled.mask });
});

test('a patch that is not augmented is the crop, and the same for the same key', () => {
  const sample = sampleOf({ width: 31, height: 23 });
  for (const [step, window] of windowsOf(sample, {}, 40).entries()) {
    const { left, top } = window;
    assert.ok(left >= 0 && left <= 31 - 8 && top >= 0 && top <= 23 - 8, `${left}, ${top}`);
    assert.equal(window, samplerOf().patches!.window(sample, keyOf(step)));
    const { image, mask } = augment(sample, [], keyOf(step), window);
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        assert.is(image.data[y * 8 + x], sample.image.data[(top + y) * 31 + left + x]);
        assert.is(mask.data[y * 8 + x], sample.mask.data[(top + y) * 31 + left + x]);
      }
    }
  }
});

test('places without foreground are drawn alike, the first and the last among them', () => {
  const counts = new Array<number>(5).fill(0);
  for (const { left } of windowsOf(sampleOf({ width: 12 }), { foreground: 0 }, 1000)) counts[left]!++;
  for (const count of counts) assert.ok(Math.abs(count - 200) < 50, `${counts}`);
});

test('an image that is smaller than a patch lies in its middle, and is reflected', () => {
  const sample = sampleOf({ width: 5, height: 11, label: (x) => Number(x > 2) });
  for (const window of windowsOf(sample, { patch: 8 }, 20)) {
    assert.is(window.left, -2);
    assert.ok(window.top >= 0 && window.top <= 3);
    const { image } = augment(sample, [], keyOf(0), window);
    for (let i = 0; i < 64; i++) {
      const [x, y] = [reflect((i % 8) - 2, 5), window.top + Math.floor(i / 8)];
      assert.is(image.data[i], sample.image.data[y * 5 + x]);
    }
  }
});

// One pixel of 60 x 40: a patch anywhere has it once in 34 tries.
const DOT: SampleOptions = { width: 60, height: 40, label: (x, y) => Number(x === 30 && y === 20) };

function shareWithForeground(foreground: number | undefined, options: SampleOptions): number {
  const sample = sampleOf(options);
  const seen = windowsOf(sample, { foreground }, 1000).filter((window) =>
    cutOut(sample.mask, window).data.some((value) => value > 0),
  );
  return seen.length / 1000;
}

test('so many patches show foreground as are asked for, a third by default', () => {
  const chance = 64 / (53 * 33);
  for (const [foreground, share] of [
    [0, 0],
    [undefined, 1 / 3],
    [0.8, 0.8],
    [1, 1],
  ] as const) {
    const found = shareWithForeground(foreground, DOT);
    const expected = share + (1 - share) * chance;
    assert.ok(Math.abs(found - expected) < 0.045, `${foreground}: ${found}, not ${expected}`);
  }
  // Around a pixel in the corner a patch lies within the image.
  assert.is(shareWithForeground(1, { width: 60, height: 40, label: (x, y) => Number(x === 59 && y === 0) }), 1);
  assert.is(shareWithForeground(1, { width: 60, height: 40, label: () => 0 }), 0);
});

test('a patch around foreground has the pixel in its middle, each pixel alike, and each class alike', () => {
  const label = (x: number, y: number) => (y !== 20 ? 0 : x === 30 ? 2 : x >= 40 && x < 48 ? 1 : 0);
  const sample = sampleOf({ width: 60, height: 40, label });
  const middles = windowsOf(sample, { foreground: 1 }, 1600).map(({ left, top }) => {
    assert.is(top + 4, 20);
    return left + 4;
  });
  const count = (x: number) => middles.filter((middle) => middle === x).length;
  assert.ok(Math.abs(count(30) - 800) < 80, `${count(30)}`);
  for (let x = 40; x < 48; x++) assert.ok(Math.abs(count(x) - 100) < 40, `${x}: ${count(x)}`);
});

const MOTIONS = ['elastic', 'affine', 'elastic:3,affine:3'];

for (const list of MOTIONS) {
  test(`a patch is a part of the moved image, whose middle stays where it was: ${list}`, () => {
    const sample = sampleOf({ width: 41, height: 33 });
    const [small, large] = [
      { left: 14, top: 10, width: 8, height: 8 },
      // With the same pixel in its middle, and larger than the image.
      { left: 18 - 50, top: 14 - 50, width: 100, height: 100 },
    ];
    let moved = 0;
    for (let step = 0; step < 24; step++) {
      const [patch, whole] = [small, large].map((window) =>
        augment(sample, parseAugmentations(list), keyOf(step), window),
      );
      const inner = { left: small.left - large.left, top: small.top - large.top, width: 8, height: 8 };
      assert.equal(patch!.image, cutOut(whole!.image, inner));
      assert.equal(patch!.mask, cutOut(whole!.mask, inner));
      const middle = sample.image.data[14 * 41 + 18]!;
      assert.ok(Math.abs(patch!.image.data[4 * 8 + 4]! - middle) < 1e-6);
      if (largestDifference(patch!.image.data, cutOut(sample.image, small).data) > 0) moved++;
    }
    assert.ok(moved >= 6 && moved <= 23, `${moved} of 24`);
  });
}

test('without its shift, a patch is the crop of the augmented image: what both see are real pixels', () => {
  // A plane, so that what is resampled can be told: its values say where a pixel was.
  const value = (x: number, y: number) => x + 100 * y;
  const sample = sampleOf({ width: 64, value });
  const window = { left: 24, top: 20, width: 16, height: 16 };
  for (let step = 0; step < 12; step++) {
    const whole = augment(sample, parseAugmentations('affine'), keyOf(step));
    const patch = augment(sample, parseAugmentations('affine'), keyOf(step), window);
    const crop = cutOut(whole.image, window);
    const shift = patch.image.data[0]! - crop.data[0]!;
    assert.ok(patch.image.data.every((pixel, i) => Math.abs(pixel - crop.data[i]! - shift) < 1e-2));
  }
});

test('the corners of a turned patch are real pixels where the image has some', () => {
  // Two equal halves of a ramp would betray a reflection: the values of the plane are all different.
  const sample = sampleOf({ width: 64, value: (x, y) => x + 100 * y });
  const window = { left: 20, top: 20, width: 20, height: 20 };
  for (let step = 0; step < 20; step++) {
    const { data } = augment(sample, parseAugmentations('affine:3'), keyOf(step), window).image;
    const [right, down] = [data[1]! - data[0]!, data[20]! - data[0]!];
    const bent = data.some((pixel, i) => {
      return Math.abs(pixel - (data[0]! + (i % 20) * right + Math.floor(i / 20) * down)) > 0.5;
    });
    assert.not.ok(bent, `${step}`);
  }
});

test('a patch is mirrored and turned by itself, in an image that is not square, too', () => {
  const sample = sampleOf({ width: 40, height: 30 });
  const window = { left: 7, top: 9, width: 8, height: 8 };
  const crop = [...cutOut(sample.image, window).data].sort();
  const seen = new Set<string>();
  for (let step = 0; step < 100; step++) {
    const { image } = augment(sample, parseAugmentations('flip,turn'), keyOf(step), window);
    assert.equal([...image.data].sort(), crop);
    seen.add(image.data.join());
  }
  assert.is(seen.size, 8);
});

test('values stay in [0, 1] where those of the whole image were', () => {
  const augmentations = parseAugmentations('brightness:3,noise:3');
  const window = { left: 2, top: 2, width: 8, height: 8 };
  const most = (sample: Sample) =>
    Math.max(
      ...Array.from({ length: 20 }, (_, step) =>
        Math.max(...augment(sample, augmentations, keyOf(step), window).image.data),
      ),
    );
  const noisy = (top: number) =>
    sampleOf({ width: 40, value: (x, _y, _c, random) => (x < 20 ? random.uniform() : top) });
  assert.ok(most(noisy(1.5)) > 1.05);
  assert.ok(most(noisy(1)) <= 1);
});

test('images of any spacing are resampled to one', () => {
  const { image, mask } = samplerOf({ spacing: 0.5 }).sample('a', stored(30, 20, [0.25, 1]), 1);
  assert.equal([image.width, image.height, mask.width, mask.height], [60, 10, 60, 10]);
  const own = stored(13, 7, [0.5, 0.5]);
  assert.equal(samplerOf({ spacing: 0.5 }).sample('a', own, 1).mask, own.mask);
  const tiny = samplerOf({ spacing: 100 }).sample('a', stored(30, 20, [0.25, 1]), 1);
  assert.equal([tiny.image.width, tiny.image.height], [1, 1]);
  assert.ok(tiny.vanished! > 0);
});

test('what cannot be resampled is refused by its name', () => {
  const sampler = samplerOf({ spacing: 0.5 });
  throwsInput(
    () => sampler.sample('scan-7', stored(30, 20), 1),
    'scan-7: this image does not say how large its pixels are, so that it cannot be resampled to a spacing of 0.5 mm; leave spacing out, or store the size of a pixel in the file',
  );
  throwsInput(
    () => samplerOf({ spacing: 0.001 }).sample('scan-7', stored(30, 20, [1, 2]), 1),
    'scan-7: 30x20 pixels of 1x2 mm would be 60000x20000 at a spacing of 0.001 mm, and a side has at most 16384; choose a larger spacing',
  );
});

test.run();
