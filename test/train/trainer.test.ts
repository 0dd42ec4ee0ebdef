/**
 * Training on a task that takes a second: a network learns, the best weights are kept, and what cannot work is refused.
 * What the loop does when is in training-loop.test.ts.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunks } from '../../src/base/chunks.js';
import { InputError } from '../../src/base/errors.js';
import { MetricAccumulator } from '../../src/evaluate/metrics.js';
import {
  createBackend,
  createModel,
  type Dataset,
  type EpochReport,
  evaluate,
  type Model,
  type ModelConfig,
  ReferenceBackend,
  type TrainOptions,
  toMask,
  trainingMemory,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { shuffled } from '../../src/train/loop/batches.js';
import { squares } from '../support/training/squares.js';

const modelOf = (config: Partial<ModelConfig> = {}): Model =>
  createModel({ filters: [4, 8], ...config }, { backend: createBackend() });

const quick: TrainOptions = { epochs: 3, batch: 4, learningRate: 1e-2 };

async function train(model: Model, dataset: Dataset, options: TrainOptions): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of trainModel(model, dataset, options)) reports.push(report);
  return reports;
}

function bestDice(reports: readonly EpochReport[]): number {
  return Math.max(...reports.map(({ validation }) => validation.dice));
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable('expected a rejection') as never;
}

test('learns squares on noise', async () => {
  const model = modelOf({ filters: [8, 16] });
  const dataset = squares();
  const reports = await train(model, dataset, { ...quick, epochs: 20 });
  assert.is(reports.length, 20);
  assert.is(reports.at(-1)!.end, 'epochs');
  assert.ok(reports.at(-1)!.training.total < 0.1 * reports[0]!.training.total);
  assert.ok(bestDice(reports) > 0.9, `Dice ${bestDice(reports)}`);
  assert.equal(model.card.preprocessing, { normalisation: 'range', size: 16 });
  assert.equal(model.card.classNames, ['brightness 1']);
  const { epoch, images, seed } = model.card.training as Record<string, unknown>;
  assert.equal([epoch, images, seed], [reports.at(-1)!.bestEpoch, { train: 16, validation: 6 }, 1]);
});

test('names of classes that a file could not hold are refused, and mere numbers are not taken over', async () => {
  const model = modelOf();
  const dataset = { ...squares(), classNames: ['line\nbreak'] };
  assert.is(
    (await errorOf(train(model, dataset, quick))).message,
    'squares, names of classes: expected 1 different name of 1 to 255 characters without control characters, found ["line\\nbreak"]',
  );
  await train(model, { ...squares(), classNames: ['foreground'] }, { ...quick, epochs: 1 });
  assert.is(model.card.classNames, undefined);
});

test('learns with sgd, group norm and dropout', async () => {
  const reports = await train(modelOf({ norm: 'group', dropout: 0.1 }), squares(), {
    ...quick,
    epochs: 20,
    optimizer: 'sgd',
    learningRate: 0.05,
  });
  assert.ok(bestDice(reports) > 0.85, `Dice ${bestDice(reports)}`);
});

test('several classes are learnt with softmax, adamw and batch norm', async () => {
  const model = modelOf({ filters: [8, 16], norm: 'batch', classes: 3 });
  const reports = await train(model, squares({ classes: 2 }), { ...quick, epochs: 30, optimizer: 'adamw' });
  assert.ok(bestDice(reports) > 0.8, `Dice ${bestDice(reports)}`);
});

test('the model ends with the weights of the best epoch', async () => {
  const model = modelOf();
  const hashes: string[] = [];
  // So fast that it gets worse again.
  let last: EpochReport | undefined;
  for await (const report of trainModel(model, squares(), { ...quick, epochs: 5, learningRate: 0.05 })) {
    hashes.push(await weightsSha256(model));
    last = report;
  }
  assert.is(await weightsSha256(model), hashes[last!.bestEpoch - 1]);
  const scores = await evaluate(model, squares());
  assert.equal(scores, (model.card.training as { validation: unknown }).validation);
});

test('the signal ends the training within a micro-batch, without an error', async () => {
  const model = modelOf();
  const before = await weightsSha256(model);
  const controller = new AbortController();
  let calls = 0;
  const onProgress = () => {
    calls++;
    controller.abort();
  };
  const options = { ...quick, microBatch: 2, signal: controller.signal, onProgress };
  assert.equal(await train(model, squares(), options), []);
  assert.is(calls, 1);
  assert.is(await weightsSha256(model), before);
});

test('a loss that is not finite ends with an error that names epoch and step', async () => {
  const message = (await errorOf(train(modelOf(), squares(), { ...quick, learningRate: 1e30 }))).message;
  assert.match(message, /^training: the loss of head L1 became (NaN|Infinity|-Infinity) in epoch 1, step 2; lower the/);
});

test('data and options that do not fit are refused', async () => {
  const refusal = async (model: Model, dataset: Dataset, options: TrainOptions) => {
    const error = await errorOf(train(model, dataset, options));
    assert.instance(error, InputError);
    return error.message;
  };
  assert.is(
    await refusal(modelOf({ inChannels: 3 }), squares(), quick),
    'squares: images have 1 channels, the network reads 3; open the data with channels 3 or build the network with inChannels 1',
  );
  assert.is(
    await refusal(modelOf({ classes: 4 }), squares(), quick),
    'squares: masks have 1 foreground class, for which a network needs 1 output channels; this one has 4 (config.classes)',
  );
  assert.match(
    await refusal(modelOf({ filters: [2, 3, 4, 5, 6, 7] }), squares(), quick),
    'size 16x16: a network of depth 5',
  );
  assert.is(
    await refusal(modelOf(), squares(), { ...quick, batch: 0 }),
    'training: batch is 0, expected a whole number of at least 1',
  );
  assert.is(
    await refusal(modelOf(), squares(), { ...quick, learningRate: Number.NaN }),
    'training: learningRate is NaN, expected a number above 0',
  );
  assert.match(
    await refusal(modelOf(), squares(), { ...quick, loss: { headWeights: [1, 2] } }),
    'headWeights: expected 1 numbers (one for each head)',
  );
  assert.match(
    (await errorOf(evaluate(modelOf(), squares(), { subset: 'test' }))).message,
    /^squares: the subset "test" holds no image; there are \d+ train, \d+ validation and 0 test images$/,
  );
});

test('evaluate refuses a spacing that is none', async () => {
  for (const spacing of [[0, 1], [1, -1], [1, Number.NaN], [1]] as unknown as [number, number][]) {
    const error = await errorOf(evaluate(modelOf(), squares(), { distances: true, spacing }));
    assert.instance(error, InputError);
    assert.is(error.message, `evaluate: spacing is [${spacing}], expected [row, column], two numbers above 0`);
  }
});

test('evaluate scores every head in one pass as prediction does one by one, padded sizes too', async () => {
  const model = modelOf({ filters: [3, 4, 5] });
  const dataset = squares({ size: 18 });
  const result = await evaluate(model, dataset, { subset: 'all', mode: 'L1', batch: 3 });
  assert.is(result.images, 22);
  assert.is(result.mode, 'L1');
  assert.is(result.dice, result.heads[0]!.dice);
  // Prediction pads for the depth of the head, evaluation for that of the network: the deepest head has both alike.
  const accumulator = new MetricAccumulator(1);
  for (const name of [...dataset.split.train, ...dataset.split.validation]) {
    const { image, mask } = await dataset.load(name);
    accumulator.add(toMask((await model.probabilities([image], 'fast'))[0]!), mask);
  }
  const { head, threshold, ...scores } = result.heads[1]!;
  assert.equal([head, threshold], ['L2', 0.5]);
  assert.equal(scores, accumulator.scores());
});

test('the epochs of a run are shuffled, each in another way, and each image comes once', () => {
  const names = Array.from({ length: 20 }, (_, k) => `${k}`);
  const [first, second] = [shuffled(names, 1, 1), shuffled(names, 1, 2)];
  assert.equal(first, shuffled(names, 1, 1));
  assert.is.not(first.join(), second.join());
  assert.equal([...first].sort(), [...names].sort());
  assert.equal(chunks([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
});

test('the memory of training is known beforehand and does not depend on the batch', () => {
  const backend = new ReferenceBackend();
  const { config } = createModel({}, { backend });
  const small = trainingMemory(config, { size: 128, batch: 4, microBatch: 1 }, backend);
  const large = trainingMemory(config, { size: 128, batch: 4, microBatch: 4 }, backend);
  assert.is(large.parameters, small.parameters);
  assert.is(small.gradients, 3 * small.parameters);
  assert.is(large.gradients, 2 * large.parameters);
  assert.is(small.optimizer, 2 * small.parameters);
  assert.ok(large.working > 2 * small.working);
  assert.is(small.total, small.parameters + small.gradients + small.optimizer + small.prepared + small.working);
  assert.ok(large.total < 2 ** 29, `${large.total}`);
  const four = trainingMemory(config, { size: 128, batch: 16, microBatch: 4, workers: 4 }, backend);
  assert.is(four.gradients, four.gradientBuffers * four.parameters);
  assert.is(four.gradientBuffers, 4 + 2);
  assert.ok(four.working > 4 * large.working);
});

test.run();
