/** The choice of a postprocessing: only what helps, on the validation images alone, as evaluation scores it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { choose, type MaskPair, postprocessingsOf } from '../../src/evaluate/choose-postprocessing.js';
import { runsOf } from '../../src/image/runs.js';
import { choosePostprocessing, createModel, type Dataset, evaluate, type Image } from '../../src/index.js';
import { squares } from '../support/training/squares.js';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly value: number;
}

/** A mask of 60x60 pixels with squares in it, the later ones over the earlier. */
function boxes(...list: readonly Box[]): Image<Uint8Array> {
  const data = new Uint8Array(3600);
  for (const { x, y, side, value } of list) {
    for (let v = y; v < y + side; v++) data.fill(value, v * 60 + x, v * 60 + x + side);
  }
  return { width: 60, height: 60, channels: 1, data };
}

const pairOf = (predicted: readonly Box[], actual: readonly Box[]): MaskPair => {
  return { predicted: runsOf(boxes(...predicted)), actual: runsOf(boxes(...actual)) };
};
const big = { x: 5, y: 5, side: 30, value: 1 };
const speck = { x: 50, y: 50, side: 5, value: 1 };
const hole = { x: 10, y: 10, side: 4, value: 0 };
const second = { x: 40, y: 5, side: 12, value: 1 };

test('what is too small to be true is removed, by the mildest size that does it', () => {
  const { postprocessing, before, score, tried } = choose([pairOf([big, speck], [big])], 1, 'dice');
  assert.equal(postprocessing, { minObject: 32 });
  assert.equal([before, score], [1800 / 1825, 1]);
  // 15 alone, then all but the sizes of objects with it.
  assert.is(tried.length, 15 + 8);
  assert.equal(tried.find((one) => one.postprocessing.minObject === 32)!.score, 1);
});

test('a hole is filled, and both where both help', () => {
  assert.equal(choose([pairOf([big, hole], [big])], 1, 'dice').postprocessing, { maxHole: 16 });
  assert.equal(choose([pairOf([big, hole, speck], [big])], 1, 'dice').postprocessing, { minObject: 32, maxHole: 16 });
});

test('the largest object alone, where others are never true, whatever their size', () => {
  const large = { x: 40, y: 30, side: 20, value: 1 };
  assert.equal(choose([pairOf([big, large], [big]), pairOf([large], [large])], 1, 'dice').postprocessing, {
    largestOnly: true,
  });
  const two = pairOf([big, large], [big, large]);
  const apart = { ...speck, x: 5 };
  assert.equal(choose([two, pairOf([big, large, apart], [big, large])], 1, 'dice').postprocessing, { minObject: 32 });
});

test('what does not help by more than 0.001, or harms elsewhere, is not chosen', () => {
  const fine = pairOf([big], [big]);
  const dot = pairOf([big, { ...speck, side: 1 }], [big]);
  const { postprocessing, before, score } = choose([dot], 1, 'dice');
  assert.equal([postprocessing, score], [{}, before]);
  assert.ok(before < 1);
  const true_ = pairOf([big, speck], [big, speck]);
  assert.equal(choose([true_, pairOf([big, { ...speck, x: 40 }], [big]), true_], 1, 'dice').postprocessing, {});
  assert.equal(choose([fine], 1, 'dice').postprocessing, {});
});

test('each score by itself: Dice hardly sees a dot that is an object', () => {
  const dot = pairOf([big, { ...speck, side: 1 }], [big]);
  assert.equal(choose([dot], 1, 'pq').postprocessing, { minObject: 8 });
  // One image of nothing but specks weighs as much as any by the mean, and hardly anything pooled.
  const specks = pairOf([{ ...speck, side: 1 }], []);
  assert.equal(choose([specks, pairOf([big], [big])], 1, 'dice').postprocessing, { minObject: 8 });
  assert.equal(choose([specks, pairOf([big], [big])], 1, 'pooledDice').postprocessing, {});
});

test('several classes: the mean over the classes', () => {
  const other = { ...second, value: 2 };
  const speckOfTwo = { ...speck, value: 2 };
  const pairs = [pairOf([big, other, speckOfTwo], [big, other])];
  const { postprocessing, before } = choose(pairs, 2, 'dice');
  assert.equal(postprocessing, { minObject: 32 });
  assert.ok(Math.abs(before - (1 + 288 / (288 + 25)) / 2) < 1e-12);
});

/** Masks that an untrained network's probabilities have to do with, of which specks are no part. */
const bright: Dataset = {
  ...squares({ size: 24 }),
  async load(name) {
    const sample = await squares({ size: 24 }).load(name);
    const data = Uint8Array.from(sample.image.data, (value) => Number(value > 0.45));
    return { ...sample, mask: { ...sample.mask, data } };
  },
};

for (const score of ['dice', 'pooledDice', 'pq'] as const) {
  test(`the scores of the choice by ${score} are those of the evaluation`, async () => {
    const model = createModel({ filters: [3, 4, 5] });
    model.adopt({ ...model.card, thresholds: { L1: 0.49, accurate: 0.5 }, postprocessing: { L1: { minObject: 500 } } });
    const { card } = model;
    const choices = await choosePostprocessing(model, bright, { score });
    assert.equal(Object.keys(choices), ['L1', 'L2', 'accurate']);
    assert.is(model.card, card, 'the model is as it was');
    const scored = async (mode: 'L1' | 'L2' | 'accurate', postprocessing: object) => {
      const { dice, pooledDice, objects } = await evaluate(model, bright, { mode, postprocessing, objects: true });
      return { dice, pooledDice, pq: objects!.pq }[score];
    };
    for (const [name, choice] of Object.entries(choices)) {
      const mode = name as 'L1';
      const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${name}: ${a}, expected ${b}`);
      near(choice.before, await scored(mode, {}));
      near(choice.score, await scored(mode, choice.postprocessing));
      const some = choice.tried[4]!;
      near(some.score, await scored(mode, some.postprocessing));
      assert.ok(choice.score >= choice.before);
    }
  });
}

test('the network sees each image once, and those of the validation subset alone', async () => {
  const model = createModel({ filters: [3, 4, 5] });
  const loaded: string[] = [];
  const watched: Dataset = {
    ...bright,
    load(name) {
      loaded.push(name);
      return bright.load(name);
    },
  };
  await choosePostprocessing(model, watched);
  assert.equal(loaded, bright.split.validation);
});

test('what is stored is what helps; nothing, where nothing does', () => {
  const choice = (postprocessing: object) => ({ postprocessing, before: 0.5, score: 0.6, tried: [] });
  assert.equal(postprocessingsOf({ L1: choice({}), accurate: choice({ maxHole: 8 }) }), { accurate: { maxHole: 8 } });
  assert.is(postprocessingsOf({ L1: choice({}) }), undefined);
});

test.run();
