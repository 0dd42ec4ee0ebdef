/** The mode 'auto': what a model recommends, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel, evaluate, type Recommendation, trainModel } from '../../src/index.js';
import { bestOf, parseRecommendation, resolveMode } from '../../src/model/recommendation.js';
import { rejection, throwsInput } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const recommendation: Recommendation = {
  mode: 'L1',
  score: 'dice',
  tolerance: 0.02,
  subset: 'validation',
  images: 6,
  scores: { L1: 0.5, L2: 0.51, accurate: 0.4 },
};
const untold =
  'mode "auto": this model has no recommendation stored; let unetpp compare --save find one, or choose from accurate, fast, L1, L2';

function modelOf(recommended: Recommendation | undefined = recommendation) {
  const model = createModel({ filters: [3, 4, 6] });
  model.adopt({ ...model.card, thresholds: { L1: 0.3, L2: 0.6 }, recommendation: recommended });
  return model;
}

test('auto is the recommended mode in predict and evaluate', async () => {
  const model = modelOf();
  const { image } = await squares().load('train-0');
  assert.equal(await model.predict(image, { mode: 'auto' }), await model.predict(image, { mode: 'L1' }));
  assert.not.equal(await model.predict(image, { mode: 'auto' }), await model.predict(image));
  const evaluation = await evaluate(model, squares(), { mode: 'auto' });
  assert.equal([evaluation.mode, evaluation.threshold], ['L1', 0.3]);
  assert.equal(evaluation, await evaluate(model, squares(), { mode: 'L1' }));
});

test('other modes are what they are', () => {
  const model = modelOf();
  for (const mode of ['accurate', 'fast', 'L1', 'L2']) assert.is(resolveMode(mode, model), mode);
  throwsInput(() => resolveMode('L3', model), 'mode "L3": this network has accurate, fast, L1, L2');
});

test('auto without a recommendation is refused', async () => {
  const model = modelOf();
  model.adopt({ ...model.card, recommendation: undefined });
  const { image } = await squares().load('train-0');
  assert.is(await rejection(model.predict(image, { mode: 'auto' })), untold);
  assert.is(await rejection(evaluate(model, squares(), { mode: 'auto' })), untold);
});

test('training forgets what was chosen for other weights', async () => {
  const model = modelOf();
  for await (const _ of trainModel(model, squares(), { epochs: 1, batch: 8 }));
  assert.equal([model.card.recommendation, model.card.thresholds], [undefined, {}]);
});

test('the best is the highest score, of equals the first', () => {
  assert.is(bestOf({ L1: 0.1, L2: 0.3, L3: 0.2 }), 'L2');
  assert.is(bestOf({ L1: 0.1, L2: 0.3, accurate: 0.3 }), 'L2');
});

test('a recommendation that is none is refused by field', () => {
  const { config } = modelOf();
  assert.equal(parseRecommendation(recommendation, config, 'm'), recommendation);
  const refused = (fields: object, message: string) =>
    throwsInput(() => parseRecommendation({ ...recommendation, ...fields }, config, 'm'), `m: ${message}`);
  const modes = 'L1, L2, accurate';
  refused({ mode: 'fast' }, `mode is "fast", expected one of ${modes}`);
  refused({ mode: 'L3' }, `mode is "L3", expected one of ${modes}`);
  refused({ mode: undefined }, `mode is nothing, expected one of ${modes}`);
  refused({ score: 'hd95' }, 'score is "hd95", expected one of dice, iou, pooledDice, pooledIou');
  refused({ tolerance: 1.5 }, 'tolerance is 1.5, expected a number from 0 to 1');
  refused({ tolerance: '0' }, 'tolerance is "0", expected a number from 0 to 1');
  refused({ subset: 3 }, 'subset is 3, expected a text');
  refused({ images: 0 }, 'images is 0, expected a whole number of at least 1');
  refused({ images: 1.5 }, 'images is 1.5, expected a whole number of at least 1');
  const scores = `expected a number from 0 to 1 for each of ${modes}`;
  refused({ scores: null }, `scores is null, ${scores}`);
  refused({ scores: { L1: 0.5, L2: 0.5 } }, `scores is {"L1":0.5,"L2":0.5}, ${scores}`);
  refused({ scores: { L1: 1, L2: 1, accurate: 2 } }, `scores is {"L1":1,"L2":1,"accurate":2}, ${scores}`);
  refused({ scores: { L1: 1, L2: 1, L3: 1, accurate: 1 } }, `scores is {"L1":1,"L2":1,"L3":1,"accurate":1}, ${scores}`);
  for (const wrong of [null, 'L1', [1]]) {
    throwsInput(() => parseRecommendation(wrong, config, 'm'), `m: mode is nothing, expected one of ${modes}`);
  }
});

test.run();
