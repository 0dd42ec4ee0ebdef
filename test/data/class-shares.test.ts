/** The share of each class in the training images, which the heads of a new model begin with. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classPixels, classShares, sharesOf } from '../../src/data/class-shares.js';
import { syntheticDataset } from '../../src/data/phantom/phantom.js';

test('the pixels of each class, the background first', () => {
  const mask = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 2, 2, 1, 0, 0) };
  assert.equal(classPixels(mask, 3), [3, 1, 2, 0]);
});

test('the shares are those of all pixels: large images weigh more', () => {
  assert.equal(
    sharesOf([
      [1, 1],
      [6, 0],
    ]),
    [7 / 8, 1 / 8],
  );
});

test('of a data set, the training images alone are counted', async () => {
  const all = syntheticDataset({ size: 32, seed: 1, train: 2, validation: 3 });
  const masks = await Promise.all(all.split.train.map(async (name) => (await all.load(name)).mask));
  const foreground = masks.reduce((sum, { data }) => sum + data.filter((label) => label === 1).length, 0);
  assert.equal(await classShares(all), [1 - foreground / 2048, foreground / 2048]);
});

test.run();
