/** The postprocessing in the model card: used by default, kept with the file and a pruned head, gone with the weights. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import {
  compareModes,
  createModel,
  decodeModel,
  encodeModel,
  evaluate,
  maskRuleOf,
  prune,
  readSafetensors,
  trainModel,
  writeSafetensors,
} from '../../src/index.js';
import { messageOf } from '../support/faults.js';
import { rejection } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const backend = new ReferenceBackend();
const postprocessing = { L1: { minObject: 8, largestOnly: true }, accurate: { maxHole: 3 } };

function modelOf() {
  const model = createModel({ filters: [2, 3, 4] }, { backend, seed: 3 });
  model.adopt({ ...model.card, postprocessing });
  return model;
}

test('it travels with the file; older files have none', async () => {
  const model = modelOf();
  const copy = await decodeModel(await encodeModel(model), 'm', backend);
  assert.equal(copy.card.postprocessing, postprocessing);
  assert.equal(await encodeModel(copy), await encodeModel(model));
  model.adopt({ ...model.card, postprocessing: undefined });
  const old = await encodeModel(model);
  assert.not.ok('postprocessing' in (await readSafetensors(old, 'm')).metadata);
  assert.is((await decodeModel(old, 'm', backend)).card.postprocessing, undefined);
});

test('a field that is wrong is refused', async () => {
  const file = await readSafetensors(await encodeModel(modelOf()), 'm');
  const { headerSha256: _header, sha256: _data, ...metadata } = file.metadata;
  const expected =
    'm, postprocessing: expected {NAME: {"minObject": PIXELS, "maxHole": PIXELS, "largestOnly": true or false}} with names from L1, L2, accurate and whole numbers of at least 1, found';
  for (const wrong of ['null', '[1]', '{"L9":{}}', '{"L1":8}', '{"L1":{"minObject":0}}', '{"L1":{"smooth":1}}']) {
    const bytes = await writeSafetensors(file.tensors, { ...metadata, postprocessing: wrong });
    assert.is(await messageOf(decodeModel(bytes, 'm', backend)), `${expected} ${wrong}`);
  }
});

test('a pruned model keeps that of its head', () => {
  const [shallow, deep] = [prune(modelOf(), 1), prune(modelOf(), 2)];
  assert.equal(shallow.card.postprocessing, { L1: postprocessing.L1 });
  assert.equal(maskRuleOf(shallow, 'accurate'), { threshold: 0.5, postprocessing: postprocessing.L1 });
  assert.is(deep.card.postprocessing, undefined);
});

test('a training of the weights ends it', async () => {
  const model = modelOf();
  await trainModel(model, squares({ train: 2 }), { epochs: 1 }).next();
  assert.is(model.card.postprocessing, undefined);
});

test('masks are made as the card says, mode by mode, unless told otherwise', async () => {
  const model = modelOf();
  assert.equal(
    (['accurate', 'fast', 'L1'] as const).map((mode) => maskRuleOf(model, mode).postprocessing),
    [postprocessing.accurate, undefined, postprocessing.L1],
  );
  assert.equal(maskRuleOf(model, 'L1', { threshold: 0.3, postprocessing: {} }), { threshold: 0.3 });
  assert.equal(maskRuleOf(model, 'L2', { postprocessing: { maxHole: 2 } }).postprocessing, { maxHole: 2 });
  const image = (await squares().load('validation-0')).image;
  const wrong = await rejection(model.predictMask(image, { postprocessing: { minObject: -1 } }));
  assert.is(
    wrong,
    'postprocessing is {"minObject":-1}, expected {"minObject": PIXELS, "maxHole": PIXELS, "largestOnly": true or false}',
  );
});

test('prediction, evaluation and comparison score the same masks', async () => {
  const model = createModel({ filters: [2, 3, 4] }, { backend, seed: 3 });
  const dataset = squares({ train: 2 });
  const { image, mask } = await dataset.load('validation-0');
  const values = [...(await model.predict(image, { mode: 'L1' })).probs].sort((a, b) => a - b);
  const threshold = values[Math.floor(0.8 * values.length)]!;
  model.adopt({ ...model.card, thresholds: { L1: threshold } });
  const raw = await model.predictMask(image, { mode: 'L1' });
  const one = { ...dataset, split: { ...dataset.split, validation: ['validation-0'] } };
  const before = await evaluate(model, one, { mode: 'L1' });
  assert.not.ok('postprocessing' in before);
  model.adopt({ ...model.card, postprocessing: { L1: { minObject: 4, maxHole: 9 } } });
  const cleaned = await model.predictMask(image, { mode: 'L1' });
  assert.not.equal(cleaned, raw);
  assert.equal(await model.predictMask(image, { mode: 'L1', postprocessing: {} }), raw);
  const evaluation = await evaluate(model, one, { mode: 'L1' });
  const both = cleaned.data.filter((value, i) => value === 1 && mask.data[i] === 1).length;
  const sum = [...cleaned.data, ...mask.data].reduce((total, value) => total + value, 0);
  assert.is(evaluation.dice, (2 * both) / sum);
  assert.equal(evaluation.postprocessing, { minObject: 4, maxHole: 9 });
  assert.equal(
    evaluation.heads.map((head) => head.postprocessing),
    [{ minObject: 4, maxHole: 9 }, undefined],
  );
  const { rows } = await compareModes(model, one, { runs: 1 });
  assert.is(rows[0]!.dice, evaluation.dice);
  assert.is((await evaluate(model, one, { mode: 'L1', postprocessing: {} })).dice, before.dice);
});

test.run();
