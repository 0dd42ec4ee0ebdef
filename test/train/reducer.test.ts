/** What comes of a mini-batch has the same bits in whatever order its micro-batches are done, and whoever computes them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunks } from '../../src/base/chunks.js';
import { Random } from '../../src/base/random.js';
import { Group } from '../../src/base/ranks/group.js';
import { createBackend, createModel, type Model } from '../../src/index.js';
import { RanksReducer } from '../../src/train/step/ranks-reducer.js';
import { LocalReducer, type Reducer } from '../../src/train/step/reducer.js';
import { largestSums, shareOf } from '../../src/train/step/shares.js';
import { type Example, TrainingStep } from '../../src/train/step/step.js';
import { memoryLinks } from '../support/ranks/memory-links.js';
import { squares } from '../support/training/squares.js';

const modelOf = (): Model =>
  createModel({ filters: [3, 4], norm: 'batch', dropout: 0.2 }, { backend: createBackend(), seed: 3 });

async function examplesOf(count: number): Promise<Example[]> {
  const dataset = squares({ train: count });
  return Promise.all(
    dataset.split.train.map(async (name, k) => {
      const { image, mask } = await dataset.load(name);
      return { name, image, mask, dropoutKey: [k, 0] as const };
    }),
  );
}

/** Trains two steps. @returns the losses of each, and parameters and running statistics then */
async function train(model: Model, batch: readonly Example[], reducer?: Reducer) {
  const step = new TrainingStep(model, { width: 16, height: 16 }, model.backend, reducer);
  step.reserve(batch.length, 2);
  const losses = [];
  const computed: string[] = [];
  for (let k = 0; k < 2; k++) {
    const load = chunks(batch, 2).map((part, index) => async () => {
      computed.push(`${k}:${index}`);
      return part;
    });
    losses.push(await (await step.accumulate(batch.length, load)).losses);
    step.update(0.01);
  }
  return { computed, losses, snapshot: await model.parameters.snapshot() };
}

// Five micro-batches, the last of which is smaller: with 7 ranks some have none.
for (const ranks of [2, 3, 5, 7]) {
  test(`${ranks} ranks that exchange what they compute have the bits of one`, async () => {
    const batch = await examplesOf(9);
    const { computed: all, ...expected } = await train(modelOf(), batch);
    const links = memoryLinks(ranks);
    const trained = await Promise.all(
      links.map((link) => {
        const model = modelOf();
        const { length } = model.parameters.trainable;
        return train(model, batch, new RanksReducer(model.backend, length, 1, new Group(link)));
      }),
    );
    for (const { computed, ...rest } of trained) assert.equal(rest, expected);
    assert.equal(trained.flatMap(({ computed }) => computed).sort(), all, 'each micro-batch is computed once');
  });
}

test('a rank that has its micro-batches in another order sends the same sums', async () => {
  const [length, count, ranks] = [300, 11, 3];
  const valuesOf = (index: number) => {
    const random = new Random([4, index]);
    return Float32Array.from({ length }, () => random.normal() * 10 ** random.integer(6));
  };
  const backend = createBackend();
  const results = Promise.resolve({ losses: { total: 1, heads: [1] }, statistics: new Float64Array(0) });
  const added = async (reducer: Reducer, seed: number) => {
    const part = backend.allocate(length);
    for (let round = 0; round < 3; round++) {
      reducer.begin(count);
      const share = reducer.share(count);
      for (const k of new Random([seed, round]).permutation(share.length)) {
        part.write(valuesOf(share[k]!));
        await reducer.add(share[k]!, { gradients: part, results });
      }
      await (await reducer.finish()).results;
    }
    return reducer.gradients.read();
  };
  const expected = await added(new LocalReducer(backend, length, 2), 1);
  const links = memoryLinks(ranks);
  const sums = await Promise.all(
    links.map((link, rank) => added(new RanksReducer(backend, length, 2, new Group(link)), rank)),
  );
  for (const sum of sums) assert.equal(sum, expected);
  // Rank 0 has 0 to 2, the sums 0 + 1 and 2: of each, two segments go to the others, and one of the whole sum to both.
  assert.equal(largestSums(shareOf(count, 0, ranks), count).length, 2);
  const gradientBytes = 3 * 4 * (2 * (300 - 128) + 2 * 128);
  const results3 = 3 * 2 * 1024;
  assert.is(links[0]!.sentBytes, gradientBytes + results3);
});

test('shares are cut into the largest sums of the tree that they hold', () => {
  const text = (start: number, end: number, count: number) =>
    largestSums({ start, end }, count)
      .map(({ level, index }) => `${level}:${index}`)
      .join(' ');
  assert.is(text(0, 4, 8), '2:0');
  assert.is(text(4, 8, 8), '2:1');
  assert.is(text(3, 7, 8), '0:3 1:2 0:6');
  assert.is(text(0, 7, 7), '3:0');
  // One without a partner goes up unchanged, until it meets one that the share does not hold.
  assert.is(text(4, 5, 5), '2:1');
  assert.is(text(2, 2, 5), '');
});

test('micro-batches in any order give the same, also after a mini-batch that was given up', async () => {
  const backend = createBackend();
  const [length, count] = [50, 7];
  const reducer = new LocalReducer(backend, length, 2);
  reducer.reserve(count);
  const part = backend.allocate(length);
  const add = async (index: number, seed: number) => {
    const random = new Random([seed, index]);
    const normals = (n: number) => Float64Array.from({ length: n }, () => random.normal() * 10 ** random.integer(6));
    part.write(normals(length));
    const [total, ...heads] = normals(3);
    const statistics = normals(4);
    const results = Promise.resolve({ losses: { total: total!, heads }, statistics });
    await reducer.add(index, { gradients: part, results });
  };
  const results = [];
  for (let round = 0; round < 5; round++) {
    const order = new Random([round, 1]).permutation(count);
    reducer.begin(count);
    for (const index of order.slice(0, 3)) await add(index, 99);
    reducer.begin(count);
    for (const index of order) await add(index, 5);
    const finished = await reducer.finish();
    results.push({ ...(await finished.results), gradients: await reducer.gradients.read() });
  }
  for (const result of results) assert.equal(result, results[0]);
  assert.equal(
    results[0]!.losses.map(({ heads }) => heads.length),
    Array(count).fill(2),
  );
});

test('a single process computes all micro-batches', () => {
  assert.equal(new LocalReducer(createBackend(), 1, 1).share(4), [0, 1, 2, 3]);
});

test.run();
