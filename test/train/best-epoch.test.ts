/** Which epoch is the best: the one with the highest Dice, at equal Dice the one with the lowest loss, else the first. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackend, createModel, type Evaluation } from '../../src/index.js';
import { trainSettings } from '../../src/train/options.js';
import { TrainingState } from '../../src/train/state.js';
import { squares } from '../support/squares.js';

/** The best epoch after these validations, as pairs of Dice and loss. */
async function bestOf(...validations: readonly (readonly [dice: number, loss: number])[]): Promise<number> {
  const model = createModel({ filters: [2, 3] }, { backend: createBackend() });
  const state = new TrainingState(model, squares({ train: 1 }), trainSettings({}));
  for (const [dice, loss] of validations) await state.finish({ dice, loss } as Evaluation);
  return state.bestEpoch;
}

test('a higher Dice is better, whatever the loss', async () => {
  assert.is(await bestOf([0.5, 0.1], [0.6, 0.9]), 2);
  assert.is(await bestOf([0.6, 0.9], [0.5, 0.1]), 1);
});

test('a tie on Dice goes to the lower loss', async () => {
  assert.is(await bestOf([0.5, 0.2], [0.5, 0.1]), 2, 'lower later');
  assert.is(await bestOf([0.5, 0.1], [0.5, 0.2]), 1, 'lower before');
  assert.is(await bestOf([0.5, 0.3], [0.5, 0.1], [0.5, 0.2]), 2, 'lower in between');
});

test('a tie on both goes to the epoch that was first', async () => {
  assert.is(await bestOf([0.5, 0.1], [0.5, 0.1]), 1);
});

test.run();
