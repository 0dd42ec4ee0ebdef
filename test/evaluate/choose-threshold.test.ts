/** Thresholds: the scan agrees with evaluation, the best one is taken, and the model keeps it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { Random, seedKey } from '../../src/base/random.js';
import { bestPoint, overlapsAt } from '../../src/evaluate/choose-threshold.js';
import { confusionCounts } from '../../src/evaluate/overlap.js';
import {
  chooseThresholds,
  createModel,
  type Dataset,
  decodeModel,
  encodeModel,
  evaluate,
  type Image,
  prune,
  readSafetensors,
  thresholdOf,
  thresholdsOf,
  toMask,
} from '../../src/index.js';
import { squares } from '../support/training/squares.js';

/** Masks that the untrained network's probabilities have to do with: where the image is bright. */
const bright: Dataset = {
  ...squares(),
  async load(name) {
    const sample = await squares().load(name);
    const data = Uint8Array.from(sample.image.data, (value) => Number(value > 0.3));
    return { ...sample, mask: { ...sample.mask, data } };
  },
};

test('the scan counts as thresholding does, at equality too', () => {
  const random = new Random(seedKey(3));
  const thresholds = [0.25, 0.5, 0.75];
  const probs = Float32Array.from({ length: 200 }, (_, i) => (i < 3 ? thresholds[i]! : random.uniform()));
  const mask: Image<Uint8Array> = {
    width: 20,
    height: 10,
    channels: 1,
    data: Uint8Array.from({ length: 200 }, () => random.integer(2)),
  };
  const prediction = { width: 20, height: 10, classes: 1, probs };
  assert.equal(
    overlapsAt(thresholds, prediction, mask.data),
    thresholds.map((threshold) => confusionCounts(toMask(prediction, threshold).data, mask.data, 1)),
  );
});

for (const score of ['dice', 'pooledDice'] as const) {
  test(`the choice is the best by ${score} of the validation images, for each head and their mean`, async () => {
    const model = createModel({ filters: [3, 4, 5] });
    const choices = await chooseThresholds(model, bright, { score, batch: 4 });
    assert.equal(Object.keys(choices), ['L1', 'L2', 'accurate']);
    for (const [name, { threshold, curve }] of Object.entries(choices)) {
      assert.equal(
        [curve.length, curve[0]!.threshold, curve[6]!.threshold, curve[18]!.threshold],
        [19, 0.05, 0.35, 0.95],
      );
      const best = Math.max(...curve.map((point) => point[score]));
      assert.is(curve.find((point) => point.threshold === threshold)![score], best);
      assert.ok(
        curve.some((point) => point[score] < best),
        'a curve that is not flat',
      );
      for (const point of [curve[9]!, curve.find((one) => one.threshold === threshold)!]) {
        const mode = name as 'accurate' | `L${number}`;
        const { dice, pooledDice } = await evaluate(model, bright, { mode, threshold: point.threshold });
        assert.equal({ dice: point.dice, pooledDice: point.pooledDice }, { dice, pooledDice });
      }
    }
    assert.equal(model.card.thresholds, {}, 'the model is as it was');
  });
}

test('of equal thresholds the one nearest to 0.5 is taken, the lower one first', () => {
  const best = (...points: (readonly [threshold: number, dice: number])[]) =>
    bestPoint(
      points.map(([threshold, dice]) => ({ threshold, dice, pooledDice: 1 - dice })),
      'dice',
    ).threshold;
  assert.is(best([0.1, 0.6], [0.2, 0.9], [0.5, 0.8]), 0.2);
  assert.is(best([0.1, 0.9], [0.25, 0.9], [0.5, 0.8], [0.8, 0.9]), 0.25);
  assert.is(best([0.3, 0.9], [0.5, 0.8], [0.7, 0.9]), 0.3);
  assert.is(best([0.4, 0.9], [0.45, 0.9], [0.5, 0.9], [0.55, 0.9]), 0.5);
  const curve = [0.4, 0.6].map((threshold) => ({ threshold, dice: threshold, pooledDice: 1 - threshold }));
  assert.equal([bestPoint(curve, 'dice').threshold, bestPoint(curve, 'pooledDice').threshold], [0.6, 0.4]);
});

test('a model uses its thresholds, head by head, unless another is given', async () => {
  const model = createModel({ filters: [3, 4, 5] });
  model.adopt({ ...model.card, thresholds: { L1: 0.4, accurate: 0.6 } });
  assert.equal(
    (['accurate', 'fast', 'L1', 'L2'] as const).map((mode) => thresholdOf(model, mode)),
    [0.6, 0.5, 0.4, 0.5],
  );
  const own = await evaluate(model, bright, { mode: 'L1' });
  assert.equal([own.threshold, ...own.heads.map(({ threshold }) => threshold)], [0.4, 0.4, 0.5]);
  const at = (mode: 'accurate' | 'L1', threshold: number) => evaluate(model, bright, { mode, threshold });
  assert.is(own.pooledDice, (await at('L1', 0.4)).pooledDice);
  assert.is.not(own.pooledDice, (await at('L1', 0.5)).pooledDice);
  assert.is((await evaluate(model, bright)).pooledDice, (await at('accurate', 0.6)).pooledDice);
  assert.equal(
    (await at('L1', 0.7)).heads.map(({ threshold }) => threshold),
    [0.7, 0.7],
  );
});

test('a network with one head: its mean is this head, in every mode', async () => {
  const model = createModel({ filters: [3, 4, 5], deepSupervision: false });
  assert.equal(Object.keys(await chooseThresholds(model, bright)), ['L2']);
  model.adopt({ ...model.card, thresholds: { L2: 0.45 } });
  const [accurate, fast] = [await evaluate(model, bright), await evaluate(model, bright, { mode: 'fast' })];
  assert.equal({ ...accurate, mode: 'fast' }, fast);
  const { head, ...scores } = fast.heads[0]!;
  assert.equal([head, scores.threshold, scores.dice, fast.heads.length], ['L2', 0.45, accurate.dice, 1]);
});

test('thresholds travel with the model file and with a pruned head', async () => {
  const model = createModel({ filters: [3, 4, 5] });
  const { backend } = model;
  assert.is('thresholds' in (await readSafetensors(await encodeModel(model), 'm')).metadata, false);
  assert.equal((await decodeModel(await encodeModel(model), 'm', backend)).card.thresholds, {}, 'an older file');
  model.adopt({
    ...model.card,
    thresholds: thresholdsOf({ L1: { threshold: 0.35, curve: [] }, accurate: { threshold: 0.4, curve: [] } }),
  });
  assert.equal((await decodeModel(await encodeModel(model), 'm', backend)).card.thresholds, {
    L1: 0.35,
    accurate: 0.4,
  });
  const [shallow, deep] = [prune(model, 1), prune(model, 2)];
  assert.equal([shallow.card.thresholds, deep.card.thresholds], [{ L1: 0.35 }, {}]);
  assert.equal([thresholdOf(shallow, 'accurate'), thresholdOf(deep, 'accurate')], [0.35, 0.5]);
  assert.equal((await decodeModel(await encodeModel(shallow), 'm', backend)).card.thresholds, { L1: 0.35 });
});

test('several classes have no threshold', async () => {
  try {
    await chooseThresholds(createModel({ filters: [2, 3], classes: 3 }), squares({ classes: 2 }));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, InputError);
    assert.is(
      (error as Error).message,
      'this model tells 3 classes apart and takes the most probable one: it has no threshold to choose',
    );
  }
});

test.run();
