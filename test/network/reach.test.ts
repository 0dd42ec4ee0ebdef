/** What a head sees: nothing beyond its reach changes it, and something at its reach does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { Random, seedKey } from '../../src/base/random.js';
import { createModel } from '../../src/core.js';
import { type Upsampling, upsamplings } from '../../src/network/config.js';
import { levelName } from '../../src/network/mode.js';
import { reachOf } from '../../src/network/reach.js';

test('transposed convolutions see 7 * 2^level - 5 pixels', () => {
  for (const [k, reach] of [9, 23, 51, 107].entries()) assert.is(reachOf({ upsample: 'transposed' }, k + 1), reach);
});

/** How far from the pixels that were changed the probabilities of a head change, at most. */
async function farthest(upsample: Upsampling, level: number): Promise<number> {
  const backend = new ReferenceBackend('float64');
  const model = createModel({ filters: [2, 2, 2].slice(0, level + 1), upsample }, { backend, seed: 5 });
  const random = new Random(seedKey(4));
  const [width, height] = [96, 2 ** level];
  const data = Float32Array.from({ length: width * height }, () => random.uniform());
  const image = { width, height, channels: 1, data };
  const mode = levelName(level);
  const [before] = await model.probabilities([image], mode);
  let most = 0;
  // Each place in the grid of pooling, in a row of its own image.
  for (let at = 40; at < 40 + 2 ** level; at++) {
    for (const change of [1000, -1000]) {
      const changed = Float32Array.from(data, (value, i) => (i % width === at ? value + change : value));
      const [after] = await model.probabilities([{ ...image, data: changed }], mode);
      after!.probs.forEach((value, i) => {
        if (value !== before!.probs[i]) most = Math.max(most, Math.abs((i % width) - at));
      });
    }
  }
  return most;
}

for (const upsample of upsamplings) {
  for (const level of [1, 2]) {
    test(`the reach of L${level}, ${upsample}, is as far as a change is seen`, async () => {
      const [seen, reach] = [await farthest(upsample, level), reachOf({ upsample }, level)];
      // Aligned corners shift with the place in the image, so that a few pixels may not come to the bound.
      if (upsample === 'bilinear-align-corners') assert.ok(seen <= reach && seen >= reach - 2 ** level, `${seen}`);
      else assert.is(seen, reach);
    });
  }
}

test.run();
