/** Several models are measured on no image that one of them may have been trained on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireUnseen } from '../../src/app/evaluation/unseen.js';
import { splitDigest } from '../../src/data/split/digest.js';
import type { Split } from '../../src/data/split/split.js';
import { createBackend, createModel, type Dataset, trainModel } from '../../src/index.js';
import { throwsInput } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const backend = createBackend();
const A: Split = { train: ['a', 'b'], validation: ['c'], test: ['d'] };
const B: Split = { train: ['b', 'c'], validation: ['a'], test: ['d'] };

/** A model that was trained on a split of a data set; one of an earlier version does not say which. */
function trained(file: string, training: { dataset?: string; seed?: number; split?: Split }) {
  const { dataset = 'scans', seed = 1, split } = training;
  const model = createModel({ filters: [2, 3] }, { backend });
  const facts = { dataset, seed, ...(split && { splitSha256: splitDigest(split) }) };
  model.adopt({ ...model.card, training: facts });
  return { file, model };
}

function folder(split: Split, splitOrigin: Dataset['splitOrigin'], name = 'scans'): Dataset {
  return { ...squares(), name, source: `data/${name}`, split, splitOrigin };
}

const different = (subset: string) =>
  `a and b were trained with different splits, and "${subset}" may hold images that one of them was trained on; take --subset test of a split.json, or --subset all of other data`;
const strange = (file: string, subset: string) =>
  `${file} was not trained with the split of data/scans, whose "${subset}" may hold images that it was trained on; take --subset all of other data`;

test('one model is measured on what it was before', () => {
  requireUnseen([trained('a', { split: B })], folder(A, 'drawn'), 'validation');
});

test('models of one split, which is that of the folder, in whatever order it names them', () => {
  const same = { ...A, train: ['b', 'a'] };
  for (const subset of ['validation', 'test', 'train', 'all'] as const) {
    requireUnseen([trained('a', { split: A }), trained('b', { split: same, seed: 2 })], folder(A, 'drawn'), subset);
  }
});

test('models of different splits: no image that was held out of one', () => {
  const models = [trained('a', { split: A }), trained('b', { split: B })];
  throwsInput(() => requireUnseen(models, folder(A, 'split.json'), 'validation'), different('validation'));
  throwsInput(() => requireUnseen(models, folder(A, 'drawn'), 'test'), different('test'));
  // The folds of a study are tested on images of the folder, whatever its split.json says.
  throwsInput(() => requireUnseen(models, folder(A, 'split.json'), 'test'), strange('b', 'test'));
  requireUnseen(models, folder(A, 'split.json', 'others'), 'test');
  for (const subset of ['train', 'all'] as const) requireUnseen(models, folder(A, 'drawn'), subset);
});

test('models of one fold of a study, whose split is not that of the folder', () => {
  const models = [trained('a', { split: B }), trained('b', { split: B, seed: 2 })];
  for (const subset of ['validation', 'test'] as const) {
    throwsInput(() => requireUnseen(models, folder(A, 'drawn'), subset), strange('a', subset));
  }
});

test('models of earlier versions say by which seed a split was drawn', () => {
  const models = [trained('a', { seed: 1 }), trained('b', { seed: 2 })];
  throwsInput(() => requireUnseen(models, folder(A, 'drawn'), 'validation'), different('validation'));
  requireUnseen(models, folder(A, 'split.json'), 'validation');
  requireUnseen([trained('a', {}), trained('b', {})], folder(A, 'drawn'), 'validation');
});

test('a training says with which split it was', async () => {
  const dataset = squares({ train: 4 });
  const model = createModel({ filters: [2, 3] }, { backend });
  for await (const _ of trainModel(model, dataset, { epochs: 1 }));
  assert.is(model.card.training!.splitSha256, splitDigest(dataset.split));
  const { train, validation, test } = dataset.split;
  assert.not.equal(splitDigest({ train: validation, validation: train, test }), splitDigest(dataset.split));
});

test.run();
