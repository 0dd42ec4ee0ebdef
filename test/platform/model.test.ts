/** Models in Node can be saved, whichever function they come from; those of the core cannot. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as core from '../../src/core.js';
import { createModel as createOnCore } from '../../src/core.js';
import {
  createBackend,
  createModel,
  decodeModel,
  encodeModel,
  importTorch,
  loadModel,
  Model,
  prune,
  saveModel,
} from '../../src/index.js';
import { exportTensors } from '../../src/model/torch.js';
import { suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('node-model');
const backend = createBackend();

test('every function that gives a model gives one that saves itself', async ({ dir }) => {
  const model = createModel({ filters: [2, 3, 4] }, { backend });
  model.adopt({ ...model.card, thresholds: { L1: 0.25 } });
  const path = join(dir, 'model.safetensors');
  await model.save(path);
  const bytes = await encodeModel(model);
  assert.equal(new Uint8Array(await readFile(path)), bytes);
  const weights = new Map(await exportTensors(model.parameters));
  const made = {
    loaded: await loadModel(path, { backend }),
    read: await loadModel(bytes, { backend }),
    decoded: await decodeModel(bytes, 'm', backend),
    imported: importTorch(weights, model.config, { backend, file: 'm' }),
    pruned: prune(model, 1),
  };
  for (const [name, other] of Object.entries(made)) {
    assert.instance(other, Model, name);
    await other.save(join(dir, name));
    assert.equal(new Uint8Array(await readFile(join(dir, name))), await encodeModel(other), name);
  }
});

test('saveModel writes the models of the core too, which have no files of their own', async ({ dir }) => {
  const model = createOnCore({ filters: [2, 3] }, { backend });
  assert.not.instance(model, Model);
  assert.not.ok('save' in model);
  assert.not.ok('saveModel' in core || 'loadModel' in core);
  await saveModel(model, join(dir, 'model.safetensors'));
  assert.equal(new Uint8Array(await readFile(join(dir, 'model.safetensors'))), await encodeModel(model));
});

test.run();
