/** `train --init-from`: what a run begins from, and what it needs when it goes on. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Remark } from '../../src/app/observer.js';
import { completeOptions, type TrainCommandOptions } from '../../src/app/options/train-options.js';
import { withRecipe } from '../../src/app/recipes.js';
import { withInitialModel } from '../../src/app/training/initial-model.js';
import { resumeTraining, startTraining } from '../../src/app/training/start-training.js';
import type { TrainingObserver } from '../../src/app/training/train-in-folder.js';
import { remarkText } from '../../src/cli/tables/news.js';
import {
  createBackend,
  createModel,
  loadModel,
  type ModelConfig,
  type Preprocessing,
  weightsSha256,
} from '../../src/index.js';
import { disc, json, put, putPairs, refused, suiteInFolder } from '../support/cli/cli.js';
import { rejection } from '../support/throws.js';

const test = suiteInFolder('init from');
const backend = createBackend();
const forever = new AbortController().signal;

/** Puts a model that was never trained into the folder. @returns the SHA-256 of its weights */
async function putModel(
  dir: string,
  config: Partial<ModelConfig> = {},
  {
    preprocessing = { normalisation: 'range', size: 16 },
    seed = 9,
  }: { preprocessing?: Preprocessing; seed?: number } = {},
): Promise<string> {
  const model = createModel({ filters: [2, 4], norm: 'group', ...config }, { backend, seed });
  model.adopt({ preprocessing, thresholds: model.config.deepSupervision ? { L1: 0.25 } : {} });
  await model.save(join(dir, 'source.safetensors'));
  return weightsSha256(model);
}

async function optionsFor(dir: string, given: Partial<TrainCommandOptions> = {}): Promise<TrainCommandOptions> {
  const initFrom = join(dir, 'source.safetensors');
  const small = { data: join(dir, 'data'), epochs: 2, batch: 2, workers: 1, out: join(dir, 'run') } as const;
  return completeOptions(await withInitialModel({ initFrom, ...small, ...given }));
}

/** Ends a training at the point where `at` says so; takes note of the remarks. */
function stopping(at: (stop: () => void) => TrainingObserver) {
  const stop = new AbortController();
  const remarks: string[] = [];
  const observer: TrainingObserver = {
    ...at(() => stop.abort()),
    remark: (remark) => void remarks.push(remarkText(remark)),
  };
  return { observer, signal: stop.signal, remarks };
}

const configOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));

test('before the first step, the weights are those of the file, bit for bit', async ({ dir }) => {
  putPairs(dir, 5);
  const sha256 = await putModel(dir, { norm: 'batch' });
  const { observer, signal, remarks } = stopping((stop) => ({ begin: stop }));
  const { result } = await startTraining(await optionsFor(dir), observer, signal);
  assert.equal([result.weightsSha256, result.interrupted, remarks], [sha256, true, []]);
});

test('network and preprocessing are those of the file where no option is given', async ({ dir }) => {
  const initFrom = join(dir, 'source.safetensors');
  const fields = {
    skips: 'adjacent',
    deepSupervision: false,
    norm: 'batch',
    upsample: 'nearest',
    dropout: 0.25,
  } as const;
  await putModel(dir, fields, { preprocessing: { normalisation: 'percentile', size: 64, fit: 'pad' } });
  const from = async (given: Partial<TrainCommandOptions> = {}) =>
    completeOptions(await withInitialModel({ initFrom, ...given }));
  const { filters, skips, deepSupervision, norm, upsample, dropout, size, fit, patch, normalisation } = await from();
  assert.equal({ skips, deepSupervision, norm, upsample, dropout }, fields);
  assert.equal([filters, size, fit, patch, normalisation], [[2, 4], 64, 'pad', undefined, 'percentile']);
  const given = await from({ size: 32, normalisation: 'range', dropout: 0, filters: [2, 4, 8] });
  assert.equal([given.size, given.fit, given.normalisation, given.dropout], [32, 'pad', 'range', 0]);
  assert.equal(given.filters, [2, 4, 8]);
  const patched = await from({ patch: 48 });
  assert.equal([patched.size, patched.fit, patched.patch], [undefined, undefined, 48]);
  const recipe = await withRecipe(await withInitialModel({ initFrom, recipe: 'brain-tumour' }));
  assert.equal([recipe.norm, recipe.size, recipe.epochs], ['batch', 64, 30]);

  await putModel(dir, {}, { preprocessing: { normalisation: 'range', patch: 64, spacing: 0.5 } });
  const own = await from();
  assert.equal([own.size, own.patch, own.spacing], [undefined, 64, 0.5]);
  const sized = await from({ size: 32 });
  assert.equal([sized.size, sized.patch, sized.spacing], [32, undefined, undefined]);
  // A model that was imported has neither.
  await putModel(dir, {}, { preprocessing: { normalisation: 'range' } });
  assert.is((await from()).size, 128);
});

test('an interrupted run goes on from its checkpoint without the file, to the same bits', async ({ dir }) => {
  putPairs(dir, 5);
  const sha256 = await putModel(dir);
  const whole = await startTraining(await optionsFor(dir, { out: join(dir, 'whole') }), {}, forever);
  const { observer, signal } = stopping((stop) => ({ epoch: stop }));
  await startTraining(await optionsFor(dir), observer, signal);
  rmSync(join(dir, 'source.safetensors'));
  const { result } = await resumeTraining(join(dir, 'run'), {}, {}, forever);
  assert.equal([result.weightsSha256, result.epochs], [whole.result.weightsSha256, 2]);
  const config = configOf(dir);
  assert.equal([config.initFrom, config.initialWeightsSha256], [join(dir, 'source.safetensors'), sha256]);
  const { card } = await loadModel(join(dir, 'run/model.safetensors'), { backend });
  assert.is(card.training!.initialWeightsSha256, sha256);
  assert.equal(card.thresholds, {});
});

test('a run that begins again has to begin from the same weights', async ({ dir }) => {
  putPairs(dir, 5);
  const sha256 = await putModel(dir);
  const whole = await startTraining(await optionsFor(dir, { out: join(dir, 'whole') }), {}, forever);
  await startTraining(await optionsFor(dir), {}, AbortSignal.abort());
  const [run, file] = [join(dir, 'run'), join(dir, 'source.safetensors')];
  const other = await putModel(dir, {}, { seed: 10 });
  const before = readFileSync(join(run, 'config.json'), 'utf8');
  assert.is(
    await rejection(resumeTraining(run, {}, {}, forever)),
    `${file}: its weights are not those that the run in ${run} was begun from (SHA-256 ${other.slice(0, 12)}… now, ${sha256.slice(0, 12)}… then); restore it, or start a new run`,
  );
  assert.is(readFileSync(join(run, 'config.json'), 'utf8'), before);
  await putModel(dir);
  const { result } = await resumeTraining(run, {}, {}, forever);
  assert.is(result.weightsSha256, whole.result.weightsSha256);
});

test('what is not taken over is told by name, with both counts', () => {
  const file = 'model.safetensors';
  const text = (remark: Remark) => remarkText(remark);
  const classes = { what: 'classes', here: 3, there: 1 } as const;
  assert.is(
    text({ kind: 'anew', file, names: ['final1.weight', 'final1.bias'], because: classes }),
    'remark    final1.weight, final1.bias begin anew: 3 classes here, 1 in model.safetensors',
  );
  const channels = { what: 'channels', here: 5, there: 1 } as const;
  assert.is(
    text({ kind: 'anew', file, names: ['conv0_0.conv1.weight'], because: channels }),
    'remark    conv0_0.conv1.weight begins anew: 5 channels here, 1 in model.safetensors',
  );
  assert.is(
    text({ kind: 'adapted', file, name: 'conv0_0.conv1.weight', here: 3, there: 1 }),
    'remark    conv0_0.conv1.weight is spread over red, green and blue by luma: RGB here, grey in model.safetensors',
  );
});

test('remarks of a training that differs from its model in channels, levels and normalisation', async ({ dir }) => {
  putPairs(dir, 5);
  await putModel(dir, { inChannels: 3 });
  const { observer, signal, remarks } = stopping((stop) => ({ begin: stop }));
  const differing = { filters: [2, 4, 8], normalisation: 'percentile' } as const;
  await startTraining(await optionsFor(dir, differing), observer, signal);
  const file = join(dir, 'source.safetensors');
  assert.equal(remarks, [
    `remark    conv0_0.conv1.weight is summed over red, green and blue: grey here, RGB in ${file}`,
    `remark    conv2_0, up1_1, conv1_1, up0_2, conv0_2, final2 begin anew: not in ${file}`,
    `remark    values are normalised by percentile, those that ${file} was trained on by range: its weights expect that`,
  ]);
});

test('options that contradict the file, and files that are none, end in one line and write nothing', async ({
  dir,
}) => {
  putPairs(dir, 5);
  await putModel(dir);
  const train = ['train', '--data', 'data', '--init-from', 'source.safetensors', '--out', 'run'];
  const useless = (flag: string) => `and its weights are of no use in another; leave ${flag} out, or --init-from`;
  const contradicts = (flag: string, value: string, there: string) =>
    refused(
      dir,
      [...train, flag, value],
      `${flag} is ${value}, but the network in source.safetensors has ${there}, ${useless(flag)}`,
    );
  contradicts('--norm', 'batch', 'group');
  contradicts('--filters', '2,5', '2,4');
  contradicts('--skips', 'original', 'dense');
  contradicts('--upsample', 'bilinear', 'transposed');
  const missing = 'none.safetensors: cannot be read: there is no such file; check the path (ENOENT)';
  refused(dir, ['train', '--data', 'data', '--init-from', 'none.safetensors', '--out', 'run'], missing);
  put(dir, 'scan.png', disc(9, 7));
  refused(
    dir,
    ['train', '--data', 'data', '--init-from', 'scan.png', '--out', 'run'],
    'scan.png: is a PNG image, expected a model file; give one that ends in .safetensors',
  );
  put(dir, 'own/model.safetensors', readFileSync(join(dir, 'source.safetensors')));
  refused(
    dir,
    ['train', '--data', 'data', '--init-from', 'own/model.safetensors', '--out', 'own', '--force'],
    'own/model.safetensors: --init-from reads it, so nothing is written there; give another place',
  );
});

test('a run that was begun without a model does not go on with one', ({ dir }) => {
  putPairs(dir, 5);
  const train = [
    'train',
    '--data',
    'data',
    '--filters',
    '2,4',
    '--size',
    '16',
    '--epochs',
    '1',
    '--out',
    'run',
    '--continue',
  ];
  json(dir, train);
  refused(
    dir,
    [...train, '--init-from', 'a.safetensors'],
    '--init-from is a.safetensors, but the run in run was started without it; leave it out, or start a new run',
  );
});

test.run();
