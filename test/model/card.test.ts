/** The model card is one value: adopted as a whole, and out of reach of assignments. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel, type ModelCard, ReferenceBackend } from '../../src/core.js';

const modelOf = () => createModel({ filters: [2, 3] }, { backend: new ReferenceBackend() });

test('a new model has a blank card', () => {
  assert.equal(modelOf().card, { preprocessing: { normalisation: 'range' }, thresholds: {} });
});

test('a card is adopted as a whole: what is left out is gone', () => {
  const model = modelOf();
  model.adopt({ ...model.card, thresholds: { L1: 0.4 }, training: { epochs: 3 } });
  assert.equal(model.card, { ...modelOf().card, thresholds: { L1: 0.4 }, training: { epochs: 3 } });
  const { card } = model;
  model.adopt({ preprocessing: { normalisation: 'zscore' }, thresholds: {} });
  assert.equal(model.card, { preprocessing: { normalisation: 'zscore' }, thresholds: {} });
  assert.equal(card.thresholds, { L1: 0.4 }, 'a card that was read does not change');
});

test('a card does not change with the object that it was adopted from', () => {
  const model = modelOf();
  const card = { preprocessing: { normalisation: 'range' }, thresholds: { L1: 0.4 } } as const;
  const given: { -readonly [K in keyof ModelCard]: ModelCard[K] } = { ...card };
  model.adopt(given);
  given.thresholds = {};
  assert.equal(model.card, card);
});

test('nothing can be assigned to a model or its card', () => {
  const model = modelOf() as unknown as Record<string, unknown>;
  for (const name of ['thresholds', 'preprocessing', 'recommendation', 'training', 'card']) {
    assert.throws(() => {
      model[name] = {};
    }, TypeError);
  }
  assert.throws(() => {
    (model.card as Record<string, unknown>).thresholds = {};
  }, TypeError);
});

test.run();
