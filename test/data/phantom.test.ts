import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { fold, seedKey } from '../../src/base/random.js';
import type { Sample } from '../../src/data/dataset.js';
import { LESION_KINDS } from '../../src/data/phantom/lesion.js';
import { renderPhantom, type SyntheticOptions, syntheticDataset } from '../../src/data/phantom/phantom.js';

function load(options: SyntheticOptions, subset: 'train' | 'validation' | 'test'): Promise<Sample[]> {
  const dataset = syntheticDataset(options);
  return Promise.all(dataset.split[subset].map((name) => dataset.load(name)));
}

/** Dice of `image >= threshold` with the mask. */
function thresholdDice({ image, mask }: Sample, threshold: number): number {
  let [both, predicted, target] = [0, 0, 0];
  for (let i = 0; i < mask.data.length; i++) {
    const bright = image.data[i]! >= threshold ? 1 : 0;
    both += bright * mask.data[i]!;
    predicted += bright;
    target += mask.data[i]!;
  }
  return (2 * both) / (predicted + target);
}

test('the data set and its defaults', () => {
  const dataset = syntheticDataset({ seed: 1 });
  assert.equal([dataset.sampler.size, dataset.channels, dataset.classes], [128, 1, 1]);
  assert.equal([dataset.source, dataset.splitOrigin], ['synthetic', 'synthetic']);
  const { train, validation, test: testing } = dataset.split;
  assert.equal([train.length, validation.length, testing.length], [160, 32, 32]);
  assert.is(train[0], 'train-0000');
  assert.is(new Set([...train, ...validation, ...testing]).size, 224);
});

test('the same bits on every machine', () => {
  const hash = createHash('sha256');
  for (let i = 0; i < 12; i++) {
    const { image, mask } = renderPhantom(fold(seedKey(2024), i), 64);
    hash.update(image.data).update(mask.data);
  }
  assert.is(hash.digest('hex'), '2f995da347b252de0085a0829532c1aff5c5a2e418aa4649c3d11b512ffd16cd');
});

test('a slice depends on seed, subset and number only', async () => {
  const small = await load({ size: 32, seed: 5, train: 2 }, 'train');
  const large = await load({ size: 32, seed: 5, train: 3, validation: 9 }, 'train');
  assert.equal(small, large.slice(0, 2));
  const all = [
    ...large,
    ...(await load({ size: 32, seed: 5 }, 'validation')),
    ...(await load({ size: 32, seed: 6 }, 'test')),
  ];
  assert.is(new Set(all.map(({ image }) => image.data.join())).size, all.length);
});

test('every slice has a lesion of plausible size inside the image, values are 8-bit', async () => {
  for (const size of [32, 128]) {
    for (const { image, mask } of await load({ size, seed: 3, train: 120 }, 'train')) {
      assert.equal([image.width, image.height, image.channels, image.data.length], [size, size, 1, size * size]);
      assert.ok(image.data.every((value) => value === Math.fround(Math.round(value * 255) / 255)));
      assert.ok(mask.data.every((value) => value === 0 || value === 1));
      const share = mask.data.reduce((sum, value) => sum + value, 0) / mask.data.length;
      assert.ok(share > 0.003 && share < 0.12, `lesion covers ${share}`);
      const border = Array.from({ length: size }, (_, i) => mask.data[i]! + mask.data[i * size]!);
      assert.ok(border.every((value) => value === 0));
    }
  }
});

test('all three kinds occur, about equally often', () => {
  const kinds = Array.from({ length: 300 }, (_, i) => renderPhantom(fold(seedKey(4), i), 32).kind);
  for (const kind of LESION_KINDS) {
    const count = kinds.filter((other) => other === kind).length;
    assert.ok(count > 70 && count < 130, `${count} of 300 are ${kind}`);
  }
});

test('no threshold finds the lesions: the best one for the whole set stays below Dice 0.5', async () => {
  const samples = await load({ seed: 1 }, 'validation');
  let best = 0;
  for (let level = 0; level <= 255; level++) {
    const dice = samples.reduce((sum, sample) => sum + thresholdDice(sample, level / 255), 0) / samples.length;
    best = Math.max(best, dice);
  }
  assert.ok(best < 0.45, `${best}`);
  assert.ok(best > 0.2, `${best}: lesions should be bright`);
});

test('wrong options', async () => {
  const refusal = (options: Partial<SyntheticOptions>) => {
    try {
      syntheticDataset({ seed: 1, ...options });
    } catch (error) {
      assert.instance(error, InputError);
      return (error as InputError).message;
    }
    return 'accepted';
  };
  assert.is(refusal({ size: 31 }), 'the synthetic phantom needs a size of at least 32 pixels, found 31');
  assert.is(refusal({ size: 64.5 }), 'size must be a whole number of pixels, at least 1, found 64.5');
  assert.is(
    refusal({ validation: 0 }),
    'the synthetic phantom needs a whole number of validation slices, at least 1, found 0',
  );
  assert.match(refusal({ test: -1 }), 'test slices, at least 0, found -1');
  assert.is(refusal({ test: 0 }), 'accepted');
  const missing = await syntheticDataset({ seed: 1 })
    .load('train-9999')
    .then(
      () => 'loaded',
      (error: InputError) => error.message,
    );
  assert.is(missing, 'the synthetic phantom has no slice "train-9999"');
});

test.run();
