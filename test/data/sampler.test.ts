/** Which sampler the options make, which exclude each other, and how many patches an epoch has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { examplesOf } from '../../src/data/dataset.js';
import { syntheticDataset } from '../../src/data/phantom/phantom.js';
import type { ImageRecords } from '../../src/data/record.js';
import { type SamplingOptions, samplerOf } from '../../src/data/sampler.js';
import { throwsInput } from '../support/throws.js';

/** Records of images of these sizes, which nobody reads. */
function recordsOf(...sizes: (readonly [number, number])[]): ImageRecords {
  const read = () => Promise.reject(new Error('read'));
  return new Map(
    sizes.map(([width, height], k) => [`${k}`, { name: `${k}`, width, height, channels: 1 as const, read }]),
  );
}

const patchesFor = (options: SamplingOptions, ...sizes: (readonly [number, number])[]) =>
  samplerOf(options)(recordsOf(...sizes)).patches?.perImage;

test('a model keeps what its samples were made by', () => {
  const stored = (options: SamplingOptions) => samplerOf(options)(recordsOf([8, 8])).preprocessing;
  // As models were stored before there was a choice: with nothing more.
  assert.equal(stored({ size: 64 }), { normalisation: 'range', size: 64 });
  assert.equal(stored({ size: 64, fit: 'stretch' }), { normalisation: 'range', size: 64 });
  assert.equal(stored({ size: 64, fit: 'pad' }), { normalisation: 'range', size: 64, fit: 'pad' });
  assert.equal(stored({ patch: 64, normalisation: 'zscore' }), { normalisation: 'zscore', patch: 64 });
  assert.equal(stored({ patch: 64, spacing: 0.5 }), { normalisation: 'range', patch: 64, spacing: 0.5 });
});

test('by default an epoch has about as many pixels as the images, and each image at least one patch', () => {
  assert.is(patchesFor({ patch: 64 }, [128, 128]), 4);
  assert.is(patchesFor({ patch: 64 }, [128, 128], [256, 256]), 10);
  assert.is(patchesFor({ patch: 64 }, [20, 30]), 1);
  assert.is(patchesFor({ patch: 64, patches: 3 }, [128, 128]), 3);
  assert.is(patchesFor({ size: 64 }, [128, 128]), undefined);
});

test('the phantom, too: its slices keep their size', async () => {
  const dataset = syntheticDataset({ seed: 1, patch: 32, train: 3, validation: 2, test: 0 });
  assert.equal([examplesOf(dataset), dataset.sampler.size], [3 * 16, 32]);
  const { image } = await dataset.load('train-0001');
  assert.equal([image.width, image.height], [128, 128]);
});

test('what excludes each other, and what is no value', () => {
  const refused: [SamplingOptions, string][] = [
    [
      { size: 128, patch: 64 },
      'size 128 and patch 64 exclude each other: images are brought to a size, or keep their own and are trained on in patches; leave one of them out',
    ],
    [
      { fit: 'pad', patch: 64 },
      'fit pad says how images are brought to a size, and with patch 64 they keep their own; leave one of them out',
    ],
    [
      { size: 128, spacing: 0.5 },
      'spacing 0.5 is of patches of images at their own size; give patch too, or leave it out',
    ],
    [
      { size: 128, foreground: 0.5 },
      'foreground 0.5 is of patches of images at their own size; give patch too, or leave it out',
    ],
    [{ size: 128, patches: 2 }, 'patches 2 is of patches of images at their own size; give patch too, or leave it out'],
    [{}, 'give size, to which images are brought, or patch, to keep their own'],
    [{ size: 0.5 }, 'size must be a whole number of pixels, at least 1, found 0.5'],
    [{ patch: 0 }, 'patch must be a whole number of pixels from 1 to 16384, found 0'],
    [{ patch: 64, patches: 1.5 }, 'patches must be a whole number of patches an image, at least 1, found 1.5'],
    [{ patch: 64, foreground: 1.5 }, 'foreground must be a share from 0 to 1, found 1.5'],
    [{ patch: 64, spacing: 0 }, 'spacing must be a number of millimetres above 0, found 0'],
  ];
  for (const [options, message] of refused) throwsInput(() => samplerOf(options), message);
});

test.run();
