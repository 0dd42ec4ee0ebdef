/** `--test`, and the recipe of the brain-tumour experiment from start to end, on slices as figshare has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { TrainingJob } from '../../../src/app/training/job.js';
import { measureOnTest } from '../../../src/app/training/test-images.js';
import { createModel, readImage, syntheticDataset } from '../../../src/index.js';
import { RunFolder } from '../../../src/runs/run-folder.js';
import { putMat } from '../../fixtures/mat.js';
import { json, listing, put, putPairs, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli recipe');

const SMALL = ['--filters', '2,4', '--size', '16', '--epochs', '1', '--out', 'run'];
const RECIPE = ['train', '--recipe', 'brain-tumour', '--data', 'mats'];

/** Eight slices of four patients with a bright square that is the tumour, 12 bits of 16. */
async function putSlices(dir: string): Promise<void> {
  for (let k = 0; k < 8; k++) {
    const inside = (x: number, y: number) => Math.max(Math.abs(x - 9 - k), Math.abs(y - 12)) < 5;
    const image = (x: number, y: number) => 100 + ((x * 7 + y * 13 + k) % 50) + (inside(x, y) ? 2000 : 0);
    const mask = (x: number, y: number) => Number(inside(x, y));
    await putMat(join(dir, 'mats'), `${k}.mat`, {
      width: 24,
      height: 24,
      image,
      mask,
      patient: `p${k >> 1}`,
      label: 1 + (k % 3),
    });
  }
}

const configOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));

test('the recipe: its options, those given before them, and the scores on the test images', async ({ dir }) => {
  await putSlices(dir);
  const { code, stdout, stderr } = unetpp(dir, [...RECIPE, ...SMALL, '--dropout', '0.1']);
  assert.is(code, 0, stderr);
  assert.match(stderr, 'data      mats: 4 images to train on, 2 to validate on, 2 to test on, 16x16 grey\n');
  assert.match(stderr, 'split     80%,10%,10% by patient: 4, 2 and 2 images of 2, 1 and 1 patients\n');
  assert.match(stdout, /\ntest {6}Dice [01]\.\d{4}\n/);
  assert.match(stdout, /\nfiles .* test\.csv, test\.png, /);
  assert.match(
    stdout,
    /\n2 images \(test\) of 24x24 pixels, seen at 16x16, loss \d\.\d{4} \(0\.5\*ce\+dice\)\n\n +accurate +L1\nthreshold +0\.5 +0\.5\nDice/,
  );
  const config = configOf(dir);
  const { recipe, batch, microBatch, learningRate, optimizer, normalisation, norm, upsample, splitSizes } = config;
  assert.equal([recipe, batch, microBatch, learningRate, optimizer], ['brain-tumour', 64, 4, 1e-3, 'adam']);
  assert.equal([normalisation, norm, upsample, splitSizes], ['percentile', 'none', 'transposed', '80%,10%,10%']);
  assert.equal([config.filters, config.size, config.epochs, config.dropout], [[2, 4], 16, 1, 0.1], 'given');
});

test('a run that goes on is tested, with the scores that evaluate finds', async ({ dir }) => {
  await putSlices(dir);
  unetpp(dir, [...RECIPE, ...SMALL, '--quiet']);
  const config = configOf(dir);
  assert.is(config.dropout, 0.5);
  const { test, validation } = json(dir, ['train', '--resume', 'run', '--epochs', '2']) as Record<string, object>;
  assert.equal(configOf(dir), { ...config, epochs: 2 });
  const subset = ['--subset', 'test', '--csv', 'test.csv'];
  const evaluated = json(dir, ['evaluate', '--model', 'run/model.safetensors', '--data', 'mats', ...subset]);
  assert.is(evaluated.images, 2);
  for (const [name, value] of Object.entries(test!)) assert.equal(value, evaluated[name], name);
  for (const name of Object.keys(validation!)) assert.ok(name in test!, name);
  const csv = readFileSync(join(dir, 'test.csv'), 'utf8');
  assert.is(readFileSync(join(dir, 'run/test.csv'), 'utf8'), csv);
  const rows = csv.trimEnd().split('\r\n').slice(1);
  assert.equal(
    rows.map((row) => row.split(',')[0]),
    config.split.test,
  );
  assert.ok((await readImage(join(dir, 'run/test.png'))).width > 500);
});

test('a test that is interrupted gives no result and writes nothing', async ({ dir }) => {
  const dataset = syntheticDataset({ size: 32, train: 1, validation: 1, test: 2, seed: 1 });
  const options = { microBatch: 1, loss: 'ce' };
  const job = { dataset, model: createModel({ filters: [2, 4] }), options } as unknown as TrainingJob;
  const folder = await RunFolder.create(dir, {});
  const before = listing(dir);
  const measure = (signal: AbortSignal) => measureOnTest(job, folder, {}, signal);
  assert.is(await measure(AbortSignal.abort()), undefined);
  assert.equal(listing(dir), before);
  assert.is((await measure(new AbortController().signal))?.evaluation.images, 2);
  assert.equal(listing(dir), [...before, 'test.csv', 'test.png']);
  await folder.close();
});

test("a folder's own split goes before that of the recipe", async ({ dir }) => {
  await putSlices(dir);
  put(dir, 'mats/split.json', '{"train": ["0", "1", "2", "3"], "validation": ["4"]}');
  const missing = '--test: mats has no test images; name some in its split.json, or leave --test out';
  refused(dir, [...RECIPE, ...SMALL], missing);
  assert.not.ok('test' in json(dir, [...RECIPE, ...SMALL, '--no-test']));
  assert.not.ok(listing(join(dir, 'run')).includes('test.csv'));
  const config = configOf(dir);
  assert.equal([config.split.train.length, config.splitSizes], [4, undefined]);
});

test('--test without test images ends before the training', ({ dir }) => {
  putPairs(dir, 4);
  const train = ['train', '--data', 'data', ...SMALL, '--test'];
  refused(
    dir,
    train,
    '--test: data has no test images; give them a share with --split 80%,10%,10%, or leave --test out',
  );
  refused(
    dir,
    ['train', '--test', '--split', '4,1,0', ...SMALL, '--size', '32'],
    '--test: synthetic has no test images; give them a number with --split 160,32,32, or leave --test out',
  );
});

test.run();
