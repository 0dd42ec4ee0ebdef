/** The learning rate range test: the rates that it tries, where it ends, what it suggests, and that it leaves nothing behind. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel } from '../../src/index.js';
import { parseLoss } from '../../src/loss/loss-text.js';
import type { TrainOptions } from '../../src/train/options.js';
import { rangeTest, suggest } from '../../src/train/range-test.js';
import { throwsInput } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const OPTIONS: TrainOptions = { batch: 4, microBatch: 2, learningRate: 123, warmup: 3, schedule: 'cosine' };

function tested(options: TrainOptions = {}, onStep?: (done: number, total: number) => void) {
  const model = createModel({ filters: [2, 4], norm: 'group' }, { seed: 1 });
  return rangeTest(model, squares({ train: 10 }), { ...OPTIONS, ...options }, onStep);
}

test('a hundred rates from 1e-6 to 1, each by the same factor above the last', async () => {
  const steps: string[] = [];
  const { points, lowest, suggestion } = await tested({}, (done, total) => steps.push(`${done}/${total}`));
  assert.equal([points.length, steps.length, steps[0], steps.at(-1)], [100, 100, '1/100', '100/100']);
  const rates = points.map(({ learningRate }) => learningRate);
  assert.equal([rates[0], rates.at(-1)!.toPrecision(12)], [1e-6, '1.00000000000']);
  const factor = 10 ** (6 / 99);
  for (let k = 1; k < 100; k++) assert.ok(Math.abs(rates[k]! / rates[k - 1]! / factor - 1) < 1e-12, `${k}`);
  assert.ok(points.slice(10).every(({ smoothed }) => smoothed >= lowest!.smoothed));
  assert.is(suggestion, Number((lowest!.learningRate / 10).toPrecision(2)));
  assert.ok(lowest!.smoothed < 0.9 * points[10]!.smoothed, 'the network has learned something');
});

test('losses are smoothed without a bias to their beginning', async () => {
  const { points } = await tested();
  let [sum, weights] = [0, 0];
  for (const { loss, smoothed } of points) {
    [sum, weights] = [0.9 * sum + loss, 0.9 * weights + 1];
    assert.ok(Math.abs(smoothed - sum / weights) < 1e-9);
  }
});

test('the same again, and another with another seed; what was taken of the backend is given back', async () => {
  const model = createModel({ filters: [2, 4], norm: 'group' }, { seed: 1 });
  const first = await tested();
  assert.equal(await tested(), first);
  assert.is.not((await tested({ seed: 2 })).points[50]!.loss, first.points[50]!.loss);
  const again = await rangeTest(model, squares({ train: 10 }), OPTIONS);
  assert.equal(again, first, 'the rate and the schedule of the training have no part in it');
});

test('it ends where the smoothed loss is twice its lowest', async () => {
  const { points } = await tested({ optimizer: 'sgd', momentum: 0.999, loss: { terms: parseLoss('20*ce') } });
  assert.ok(points.length < 100, `${points.length}`);
  let least = Number.POSITIVE_INFINITY;
  for (const [k, { smoothed }] of points.entries()) {
    least = Math.min(least, smoothed);
    const ends = k >= 10 && !(smoothed <= 2 * least);
    assert.is(ends, k === points.length - 1, `${k}`);
  }
});

test('a tenth of the rate at the lowest loss; nothing where the loss has not fallen', () => {
  const pointsOf = (losses: readonly number[]) =>
    losses.map((loss, k) => ({ learningRate: (k + 1) / 1e3, loss, smoothed: loss }));
  const beginning = Array.from({ length: 10 }, () => 0.01);
  const points = pointsOf([...beginning, 9, 8, 7, 8, Number.NaN]);
  assert.equal(suggest(points), { lowest: points[12], suggestion: 0.0013 });
  assert.equal(suggest(pointsOf([...beginning, 7, 8, 9])), {});
  assert.equal(suggest(pointsOf(beginning)), {});
});

test('options that are not allowed are refused as by a training', async () => {
  const refused = await tested({ batch: 0 }).catch((error: Error) => error);
  throwsInput(() => {
    throw refused;
  }, 'training: batch is 0, expected a whole number of at least 1');
});

test.run();
