/** Scores with and without the loss, which take the same way to the same predictions. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate, scoreModel } from '../../src/evaluate/evaluate.js';
import { createBackend, createModel } from '../../src/index.js';
import { squares } from '../support/training/squares.js';

const backend = createBackend();

for (const [size, why] of [
  [16, 'as they are'],
  [14, 'padded'],
] as const) {
  for (const tta of ['none', 'dihedral'] as const) {
    test(`the scores are those of an evaluation with the loss, bit for bit; images ${why}, tta ${tta}`, async () => {
      const model = createModel({ filters: [4, 8, 8] }, { backend, seed: 3 });
      model.adopt({ ...model.card, thresholds: { L1: 0.47, L2: 0.5, accurate: 0.49 } });
      // The last of six images is a batch of its own.
      const options = { batch: 5, perImage: true, distances: true, mode: 'L1', tta } as const;
      const { loss, ...scores } = await evaluate(model, squares({ size }), options);
      assert.equal(await scoreModel(model, squares({ size }), options), scores);
      const plain = await evaluate(model, squares({ size }), { ...options, tta: 'none' });
      assert.is(loss, plain.loss, 'the loss is that of the images as they are');
      if (tta !== 'none') assert.not.equal(scores.heads, plain.heads);
    });
  }
}

test.run();
