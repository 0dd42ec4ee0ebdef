/** Which output is marked, and why. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { verdictOf } from '../../../site/app/compare/verdict.js';
import type { HeadView, ModelView } from '../../../site/engine/protocol.js';

const MODES = ['L1', 'L2', 'accurate'] as const;
const outputs: ModelView['outputs'] = MODES.map((mode, k) => ({
  ...{ mode, parameters: 1000, macs: [5e6, 50e6, 51e6][k]!, bytes: 4000, threshold: 0.5, nodes: [] },
}));

function verdict(...dice: (number | null)[]) {
  const heads = dice.map((of, k): HeadView => {
    const size = { width: 1, height: 1, classes: 1, probs: new Float32Array(1) };
    return { mode: MODES[k]!, milliseconds: 1, dice: of, ...size };
  });
  return verdictOf(heads, { outputs });
}

test('the cheapest within 0.01 of the best is enough', () => {
  assert.equal(verdict(0.951, 0.957, 0.96), {
    mode: 'L1',
    mark: 'enough here',
    text: 'L1 is enough for this image: Dice 0.951, within 0.01 of the best (mean, 0.960), with 9.8% of the multiply-adds of the mean.',
  });
  assert.is(verdict(0.94, 0.957, 0.96)!.mode, 'L2');
});

test('the best is called so', () => {
  assert.equal(verdict(0.7, 0.96, 0.95), {
    mode: 'L2',
    mark: 'the best here',
    text: 'L2 is the best for this image: Dice 0.960, with 98.0% of the multiply-adds of the mean.',
  });
  assert.is(
    verdict(0.7, 0.8, 0.95)!.text,
    'The mean is the best for this image: Dice 0.950, with 51.0 million multiply-adds.',
  );
});

test('without a true mask, the cheapest is named as no more than that', () => {
  assert.equal(verdict(null, null, null), {
    mode: 'L1',
    mark: 'the cheapest',
    text: 'L1 is the cheapest, with 9.8% of the multiply-adds of the mean; whether it is enough, a true mask would tell.',
  });
});

test('of a single output there is nothing to say', () => {
  assert.is(verdict(0.9), null);
});

test.run();
