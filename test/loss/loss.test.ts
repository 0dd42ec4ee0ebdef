/** Training with losses of one's own: what reaches the training, the model and its evaluation. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createBackend,
  createModel,
  decodeModel,
  type EpochReport,
  encodeModel,
  evaluate,
  type LossOptions,
  type Model,
  type ModelConfig,
  parseLoss,
  prune,
  type TrainOptions,
  trainModel,
} from '../../src/index.js';
import { trainedLoss } from '../../src/loss/loss.js';
import { rejection } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const modelOf = (config: Partial<ModelConfig> = {}): Model =>
  createModel({ filters: [4, 8], ...config }, { backend: createBackend(), seed: 1 });

const of = (text: string): LossOptions => ({ terms: parseLoss(text) });

async function train(model: Model, options: TrainOptions, classes = 1): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  const all = { batch: 4, learningRate: 1e-2, ...options };
  for await (const report of trainModel(model, squares({ classes }), all)) reports.push(report);
  return reports;
}

for (const text of ['ce', 'focal(2)', 'dice', 'dice(batch,squared)', 'tversky', 'lovasz']) {
  test(`${text} alone teaches to segment`, async () => {
    const reports = await train(modelOf({ norm: 'batch' }), { epochs: 10, loss: of(text) });
    const dice = reports.map(({ validation }) => validation.dice);
    assert.ok(dice.at(-1)! > 0.7, dice.join());
  });

  test(`${text} alone falls when several classes are learnt`, async () => {
    const reports = await train(modelOf({ norm: 'batch', classes: 3 }), { epochs: 6, loss: of(text) }, 2);
    const losses = reports.map(({ training }) => training.total);
    assert.ok(losses.at(-1)! < 0.9 * losses[0]!, losses.join());
  });
}

test('head weights: the loss is the weighted mean of those of the heads', async () => {
  const model = modelOf({ filters: [3, 4, 5] });
  const lossWith = async (headWeights: number[]) =>
    (await evaluate(model, squares(), { loss: { ...of('ce'), headWeights } })).loss;
  const [first, second] = [await lossWith([1, 0]), await lossWith([0, 7])];
  assert.ok(Math.abs(first - second) > 1e-3);
  assert.ok(Math.abs((await lossWith([1, 3])) - (first + 3 * second) / 4) < 1e-6);
});

test('class weights reach the loss', async () => {
  const model = modelOf();
  const lossWith = async (classWeights?: number[]) =>
    (await evaluate(model, squares(), { loss: { ...of('ce'), classWeights } })).loss;
  const [background, foreground, both] = [await lossWith([1, 0]), await lossWith([0, 1]), await lossWith()];
  assert.ok(Math.abs(background + foreground - both) < 1e-6);
  assert.ok(Math.abs((await lossWith([2, 5])) - (2 * background + 5 * foreground)) < 1e-5);
});

test('a term over the batch sums over the images computed at once, one over the image does not', async () => {
  const model = modelOf();
  const lossOf = async (text: string, batch: number) =>
    (await evaluate(model, squares(), { batch, loss: of(text) })).loss;
  assert.is(await lossOf('dice(batch)', 1), await lossOf('dice', 1));
  assert.ok(Math.abs((await lossOf('dice', 1)) - (await lossOf('dice', 6))) < 1e-6);
  assert.ok(Math.abs((await lossOf('dice(batch)', 1)) - (await lossOf('dice(batch)', 6))) > 1e-4);
});

test('with a term over the batch the micro-batch is the batch, unless it is given', async () => {
  const microBatchWith = async (loss: LossOptions, more: TrainOptions = {}) => {
    const model = modelOf({ filters: [2, 3] });
    await train(model, { epochs: 1, batch: 6, loss, ...more });
    return model.card.training!.microBatch;
  };
  assert.is(await microBatchWith(of('ce+dice(batch)')), 6);
  assert.is(await microBatchWith(of('ce+dice(batch)'), { microBatch: 3 }), 3);
  assert.is(await microBatchWith(of('tversky')), 4);
});

test('the model remembers its loss, and forgets the weights of heads that are pruned away', async () => {
  const model = modelOf({ filters: [2, 3, 4], classes: 3 });
  const loss: LossOptions = { ...of('0.5*focal(2)+dice(squared)'), headWeights: [1, 3], classWeights: [1, 2, 5] };
  await train(model, { epochs: 1, loss }, 2);
  const { training } = model.card;
  assert.equal(
    [training!.loss, training!.headWeights, training!.classWeights],
    ['0.5*focal(2)+dice(squared)', [1, 3], [1, 2, 5]],
  );
  const read = await decodeModel(await encodeModel(model), 'model', createBackend());
  assert.equal(trainedLoss(read), loss);
  assert.equal(trainedLoss(prune(read, 1)), { terms: loss.terms, classWeights: [1, 2, 5] });
  assert.equal(trainedLoss(modelOf()), {});
  read.adopt({
    ...read.card,
    training: { ...training, loss: 'wing(3)+ce', headWeights: 'equal', classWeights: [1, 2] },
  });
  assert.equal(trainedLoss(read), {}, 'what another version may have written');
});

test('losses that do not fit the network are refused', async () => {
  const refused = async (config: Partial<ModelConfig>, loss: LossOptions, message: string) =>
    assert.is(await rejection(train(modelOf(config), { loss }, config.classes === 3 ? 2 : 1)), message);
  const wanted = 'numbers (background first), none negative and not all 0';
  await refused({}, { classWeights: [1, 2, 5] }, `crossEntropy: classWeights must be 2 ${wanted}, got [1,2,5]`);
  await refused({ classes: 3 }, { classWeights: [1, 2] }, `crossEntropy: classWeights must be 3 ${wanted}, got [1,2]`);
  await refused(
    {},
    { headWeights: [0] },
    'headWeights: expected 1 numbers (one for each head), none negative and not all 0, found [0]',
  );
});

test.run();
