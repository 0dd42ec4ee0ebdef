import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as assert from 'uvu/assert';
import { encodePng, loadModel, readImage } from '../../../src/index.js';
import { weightsSha256 } from '../../../src/model/modelfile.js';
import {
  json,
  listing,
  put,
  putPairs,
  suiteInFolder,
  TINY,
  TRAIN_JS,
  unetpp,
  unetppAlone,
} from '../../support/cli/cli.js';

const test = suiteInFolder('cli train');
const FILES = [
  'checkpoint-previous.safetensors',
  'checkpoint.safetensors',
  'config.json',
  'curves.png',
  'metrics.jsonl',
  'model.safetensors',
  'predictions.png',
  'report.json',
];

test('a run: what is printed, and what is in its folder', async ({ dir }) => {
  putPairs(dir);
  const args = ['train', '--data', 'data', '--out', 'new', ...TINY, '--filters', '2,4,6', '--epochs', '3'];
  const result = json(dir, args);
  const measured = ['epochs', 'bestEpoch', 'seconds', 'imagesPerSecond', 'validation', 'weightsSha256'];
  assert.equal(Object.keys(result), ['run', 'model', ...measured, 'backend', 'adapter', 'interrupted', 'resume']);
  assert.equal([result.run, result.model, result.epochs], ['new', 'new/model.safetensors', 3]);
  assert.equal([result.interrupted, result.resume], [false, null], 'it is done');
  assert.ok((result.seconds as number) > 0 && (result.imagesPerSecond as number) > 0);
  const { heads, ...scores } = result.validation as { heads: { head: string }[] };
  assert.equal(Object.keys(scores), ['dice', 'iou', 'pooledIou', 'loss']);
  assert.equal(
    heads.map(({ head }) => head),
    ['L1', 'L2'],
  );
  for (const head of heads) assert.equal(Object.keys(head), ['head', 'dice', 'iou', 'pooledIou']);

  assert.equal(listing(join(dir, 'new')), FILES);
  const model = await loadModel(join(dir, 'new/model.safetensors'));
  assert.is(await weightsSha256(model), result.weightsSha256);
  const config = JSON.parse(readFileSync(join(dir, 'new/config.json'), 'utf8'));
  assert.equal([config.data, config.seed, config.learningRate, config.filters], ['data', 1, 0.01, [2, 4, 6]]);
  assert.equal(config.config, model.config);
  assert.is(config.split.train.length + config.split.validation.length, 6);
  const epochs = readFileSync(join(dir, 'new/metrics.jsonl'), 'utf8').trimEnd().split('\n');
  assert.equal(
    epochs.map((line) => JSON.parse(line).epoch),
    [1, 2, 3],
  );
  for (const name of ['predictions.png', 'curves.png']) {
    assert.ok((await readImage(join(dir, 'new', name))).width > 500, name);
  }

  const again = json(dir, [...args.slice(0, 3), '--out', 'again', ...args.slice(5)]);
  assert.is(again.weightsSha256, result.weightsSha256, 'the same seed, the same weights');
  const other = json(dir, [...args.slice(0, 3), '--out', 'other', ...args.slice(5), '--seed', '2']);
  assert.is.not(other.weightsSha256, result.weightsSha256);
});

test('people see the data, the network, a row an epoch, and what to do next', ({ dir }) => {
  putPairs(dir);
  const { code, stdout, stderr } = unetppAlone(dir, ['train', '--data', 'data', ...TINY, '--epochs', '2']);
  assert.is(code, 0);
  assert.match(stderr, 'data      data: 5 images to train on, 1 to validate on, 32x32 grey\n');
  assert.match(stderr, 'UNet++ (dense skips), filters 2,4, 1 head, transposed upsampling, 431 parameters\n');
  assert.match(
    stderr,
    /\n {5}epoch {5}loss val loss {5}L1 images\/s {4}time\n\* {6}1\/2 {3}\d\.\d{4} .*\n.* {5}2\/2 .*/,
  );
  assert.match(stdout, /^best {6}epoch \d of 2: validation Dice 0\.\d{4}\n/);
  assert.match(stdout, 'npx unetpp predict --model runs/data/model.safetensors --input IMAGE.png --out masks\n');
});

test('without --out runs are numbered; --quiet leaves the result alone', ({ dir }) => {
  putPairs(dir);
  const args = ['train', '--data', 'data', ...TINY, '--epochs', '1', '--quiet'];
  for (const name of ['data', 'data-2', 'data-3']) {
    const { stdout, stderr } = unetpp(dir, args);
    assert.is(stderr, '');
    assert.match(stdout, `runs/${name}/predictions.png`);
    assert.ok(existsSync(join(dir, 'runs', name, 'model.safetensors')));
  }
});

test('an empty folder that is there already is taken', ({ dir }) => {
  putPairs(dir);
  mkdirSync(join(dir, 'run'));
  assert.is(json(dir, ['train', '--data', 'data', ...TINY, '--epochs', '1', '--out', 'run']).run, 'run');
});

test('colour images make a network that reads three channels', async ({ dir }) => {
  putPairs(dir);
  put(dir, 'data/images/n0.png', encodePng({ width: 40, height: 33, channels: 3, data: new Uint8Array(40 * 33 * 3) }));
  assert.match(unetpp(dir, ['train', '--data', 'data', ...TINY, '--epochs', '1']).stderr, '32x32 RGB\n');
  assert.is((await loadModel(join(dir, 'runs/data/model.safetensors'))).config.inChannels, 3);
});

test('node train.js trains, on the phantom when nothing else is given', ({ dir }) => {
  const result = json(dir, [...TINY, '--epochs', '1'], TRAIN_JS);
  assert.is(result.run, 'runs/phantom');
  assert.equal(listing(join(dir, 'runs/phantom')), FILES.slice(1), 'after one epoch there is one checkpoint');
  const { stderr, stdout } = unetppAlone(dir, [...TINY, '--epochs', '1'], TRAIN_JS);
  assert.match(stderr, 'no --data given: a demonstration on synthetic images\n');
  assert.match(stdout, `\n  node ${relative(realpathSync(dir), TRAIN_JS)} --data FOLDER\n`);
});

test('where a network has learnt nothing yet, it says so and what to do', ({ dir }) => {
  const args = ['train', '--size', '32', '--split', '16,4,0', '--filters', '4,8', '--norm', 'none', '--quiet'];
  const { stdout } = unetpp(dir, [...args, '--epochs', '3', '--lr', '3e-3']);
  assert.match(stdout, /validation Dice 0\.0000\n/);
  assert.match(stdout, '\n\nThe model hardly marks anything yet: train it for more epochs');
  assert.match(stdout, '\n  npx unetpp train --data FOLDER\n', 'a command that is there without train.js');
});

test('every option of the network and of the training is taken', async ({ dir }) => {
  putPairs(dir);
  const network = ['--skips', 'original', '--no-deep-supervision', '--norm', 'batch', '--upsample', 'bilinear'];
  const training = ['--optimizer', 'sgd', '--weight-decay', '0.1', '--patience', '1', '--micro-batch', '2'];
  const more = [
    '--log-steps',
    '1',
    '--dropout',
    '0.3',
    '--init',
    'torch',
    '--augment',
    'flip',
    '--batch',
    '3',
    '--lr',
    '1e-9',
  ];
  const args = ['train', '--data', 'data', ...TINY, '--epochs', '9', '--out', 'run', ...network, ...training, ...more];
  const result = json(dir, args);
  assert.ok((result.epochs as number) < 9, 'patience');
  assert.match(readFileSync(join(dir, 'run/steps.jsonl'), 'utf8'), /^\{"step":1,.*\n\{"step":2,/);
  const { config, card } = await loadModel(join(dir, 'run/model.safetensors'));
  const { skips, deepSupervision, norm, upsample, dropout } = config;
  assert.equal([skips, deepSupervision, norm, upsample, dropout], ['original', false, 'batch', 'bilinear', 0.3]);
  assert.equal([card.training?.optimizer, card.training?.batch, card.training?.microBatch], ['sgd', 3, 2]);
});

test.run();
