import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { trainingCosts } from '../../src/cli/tables/costs.js';
import { createModel } from '../../src/index.js';
import { json, putPairs, suiteInFolder, TINY, unetpp, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli info');
const FILE = 'model.safetensors';
const info = (...more: string[]) => infoOf(FILE, ...more);
const infoOf = (file: string, ...more: string[]) => ['info', '--model', file, ...more];

test('a trained model: what it is, and what predicting and training take', ({ dir }) => {
  putPairs(dir, 12);
  const run = ['--epochs', '2', '--batch', '4', '--micro-batch', '1', '--out', 'run'];
  json(dir, ['train', '--data', 'data', ...TINY, '--filters', '8,16,24', ...run]);
  const trained = (...more: string[]) => infoOf('run/model.safetensors', ...more);
  const result = json(dir, trained('--threads', '2'));
  assert.equal(Object.keys(result).slice(0, 2), ['parameters', 'macs']);
  assert.is((result.config as { inChannels: number }).inChannels, 1);
  assert.equal(result.preprocessing, { normalisation: 'range', size: 32 });
  const levels = result.levels as Record<string, number | string>[];
  assert.equal(
    levels.map(({ head }) => head),
    ['L1', 'L2'],
  );
  for (const cost of ['parameters', 'macs', 'workingBytes', 'preparedBytes']) {
    assert.ok(levels[0]![cost]! < levels[1]![cost]!, cost);
  }
  const training = result.trainingMemory as Record<string, number>[];
  assert.equal(
    training.map(({ workers, gradientBuffers }) => [workers, gradientBuffers]),
    [
      [1, 3],
      [2, 4],
      [4, 6],
    ],
  );
  const [one, two] = training as [Record<string, number>, Record<string, number>];
  const { parameters, gradients, optimizer, prepared, working, worker, total } = two;
  assert.is(total, parameters! + gradients! + optimizer! + prepared! + working!);
  assert.ok(working! > 2 * worker! && one.working === worker);

  const { code, stdout, stderr } = unetppAlone(dir, trained('--threads', '1'));
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, 'network   UNet++ (dense skips), filters 8,16,24, 2 heads, transposed upsampling\n');
  assert.match(stdout, 'input     1 channel, values from 0 to 1, resized to 32x32\n');
  assert.match(stdout, '\nthreshold 0.5\ntraining\n');
  assert.match(stdout, /\n {2}best epoch +[12]\n {2}batch +4\n {2}micro-batch +1\n {2}optimizer +"adam"\n/);
  assert.match(stdout, /\n {4}Dice {16}[\d.]+\n {4}IoU {17}[\d.]+\n/);
  assert.match(stdout, /\n {4}pooled specificity {2}[\d.]+\n/);
  assert.match(stdout, /an image of 32x32 on 1 thread; .*\nhead .*\nL1 +6,425 +[\d.]+ million( +\d MB){3}\n/);
  assert.match(stdout, /\ntraining at 32x32, batch 4 in micro-batches of 1; .*\nworkers .*\n1 +1 MB +3 x 1 MB/);
  assert.ok(stdout.split('\n').every((line) => line.length <= 100));
});

test('more threads need more workspace, and no more filters', async ({ dir }) => {
  await createModel({ filters: [8, 16] }).save(join(dir, FILE));
  const [one, four] = ['1', '4'].map((threads) => json(dir, info('--threads', threads)));
  assert.equal([one!.threads, four!.threads], [1, 4]);
  assert.ok((one!.workingBytes as number) < (four!.workingBytes as number));
  assert.is(one!.preparedBytes, four!.preparedBytes);
});

test('the counts of the paper, of a model that was not trained here', async ({ dir }) => {
  await createModel().save(join(dir, FILE));
  const { parameters, levels, training, trainingMemory } = json(dir, info());
  assert.equal([parameters, training, trainingMemory], [9_041_700, null, null]);
  assert.equal(
    (levels as { parameters: number }[]).map((level) => level.parameters),
    [100_961, 511_105, 2_204_961, 9_041_601],
  );
  assert.match(unetpp(dir, info()).stdout, 'it was not trained here\n');
});

test('what a file says of its training may be anything', async ({ dir }) => {
  const good = { images: { train: 9, validation: 3 }, batch: 4, microBatch: 2, optimizer: 'sgd' };
  for (const [facts, known] of [
    [good, true],
    [{ ...good, batch: '4' }, false],
    [{ ...good, images: null }, false],
    [{ ...good, optimizer: 'lion' }, false],
    [{ ...good, emaDecay: 'much' }, false],
    [{ ...good, averageDecay: 'much' }, false],
  ] as const) {
    const model = createModel({ filters: [2, 4] });
    model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 }, training: facts });
    await model.save(join(dir, FILE));
    assert.is(json(dir, info()).trainingMemory !== null, known, JSON.stringify(facts));
  }
});

test('an average of the weights takes memory, also where version 0.1.0 wrote the file', () => {
  const optimizerBytes = (facts: Readonly<Record<string, unknown>>) => {
    const model = createModel({ filters: [2, 4] });
    const training = { images: { train: 9, validation: 3 }, batch: 4, microBatch: 2, optimizer: 'sgd', ...facts };
    model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 }, training });
    return trainingCosts(model)!.memory[0]!.optimizer;
  };
  const without = optimizerBytes({});
  assert.is(optimizerBytes({ emaDecay: 0.9 }), 2 * without);
  assert.is(optimizerBytes({ averageDecay: 0.9 }), 2 * without);
});

test.run();
