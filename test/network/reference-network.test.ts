/** The network written out from the formula against PyTorch's, for each golden network. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Activation, headLosses, network } from '../../reference/network.js';
import { mismatch } from '../../src/selftest/compare.js';
import {
  golden,
  goldenParameter,
  type NetworkGoldenConfig,
  networkGoldens,
  readGolden,
} from '../support/backend/golden.js';
import { toNhwc } from '../support/backend/layout.js';

/** The golden values are float32. */
const TOLERANCE = 1e-5;

for (const name of networkGoldens) {
  test(name, async () => {
    const file = await readGolden<NetworkGoldenConfig>(name);
    const { config } = file;
    const read = (key: string) => toNhwc(golden(file, key)).data as Float64Array;
    const input: Activation = {
      batch: config.batch,
      height: config.height,
      width: config.width,
      channels: config.inChannels,
      data: read('input'),
    };
    const parameters = (key: string) => goldenParameter(file, `param/${key}`).data as Float64Array;
    const compare = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void => {
      assert.is(mismatch(actual, expected, TOLERANCE), undefined, what);
    };

    for (const mode of ['eval', 'train'] as const) {
      const heads = network(config, parameters, input, mode);
      assert.is(heads.length, config.filters.length - 1);
      for (const [k, { data }] of heads.entries()) {
        const key = `${mode}_logits/${k + 1}`;
        compare(data, read(key), key);
      }
      if (mode === 'eval') continue;
      // With one channel or none the layouts agree.
      const losses = headLosses(heads, golden(file, 'target').data as Float64Array);
      compare(losses, golden(file, 'head_losses').data, 'head_losses');
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      compare([mean], golden(file, 'loss/0').data, 'loss/0');
    }
  });
}

test.run();
