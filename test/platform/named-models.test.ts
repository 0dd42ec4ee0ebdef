/** Models by their names: where they are looked for, which comes first, and what an error says. */
import { join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { createBackend, createModel, encodeModel } from '../../src/index.js';
import { findModel, modelFolders } from '../../src/platform/node/named-models.js';
import { disc, json, put, refused, suiteInFolder, unetppAfter } from '../support/cli/cli.js';
import { throwsInput } from '../support/throws.js';

const test = suiteInFolder('named models');
const backend = createBackend();
const bytesOf = (filters: number[]) => encodeModel(createModel({ filters }, { backend }));

test('the first folder that has the name wins', ({ dir }) => {
  const [one, two] = [join(dir, 'one'), join(dir, 'two')];
  for (const path of ['one/nuclei', 'two/nuclei', 'two/brain']) put(dir, `${path}/model.safetensors`, '');
  assert.is(
    findModel('nuclei', () => [one, two]),
    join(one, 'nuclei/model.safetensors'),
  );
  assert.is(
    findModel('nuclei', () => [two, one]),
    join(two, 'nuclei/model.safetensors'),
  );
  assert.is(
    findModel('brain', () => [join(dir, 'none'), one, two]),
    join(two, 'brain/model.safetensors'),
  );
});

test('what is a path, by a separator or an ending or as a file, is left as it is', ({ dir }) => {
  put(dir, 'models/nuclei/model.safetensors', '');
  const folders = () => [join(dir, 'models')];
  for (const path of ['./nuclei', 'runs/nuclei', 'nuclei.safetensors', '..', 'a b']) {
    assert.is(findModel(path, folders), path);
  }
  const before = process.cwd();
  put(dir, 'brain/images/a.png', '');
  try {
    process.chdir(dir);
    assert.is(findModel('brain', folders), 'brain', 'a folder, and no model has its name');
    put(dir, 'models/brain/model.safetensors', '');
    assert.is(findModel('brain', folders), join(dir, 'models/brain/model.safetensors'));
    put(dir, 'nuclei', '');
    assert.is(findModel('nuclei', folders), 'nuclei');
  } finally {
    process.chdir(before);
  }
});

test('an unknown name: where it was looked for, which there are, and what to do', ({ dir }) => {
  for (const path of ['one/nuclei', 'two/nuclei', 'two/brain']) put(dir, `${path}/model.safetensors`, '');
  // No model is in it yet.
  put(dir, 'one/begun/README.md', '');
  const [one, two] = [join(dir, 'one'), join(dir, 'two')];
  throwsInput(
    () => findModel('begun', () => [one, two]),
    `begun: neither a file nor a model of this name in ${one} or ${two}, which hold brain, nuclei; give one of these names, or the path of a model file`,
  );
  throwsInput(
    () => findModel('begun', () => [join(dir, 'none')]),
    `begun: neither a file nor a model of this name in ${join(dir, 'none')}, which holds none; give the path of a model file, or name a folder of models in UNETPP_MODELS`,
  );
});

test('UNETPP_MODELS comes before models, and neither is named twice', ({ dir }) => {
  const before = process.env.UNETPP_MODELS;
  try {
    process.env.UNETPP_MODELS = dir;
    assert.equal(modelFolders().slice(0, 2), [dir, 'models']);
    process.env.UNETPP_MODELS = resolve('models');
    assert.equal(modelFolders().filter((folder) => resolve(folder) === resolve('models')).length, 1);
    process.env.UNETPP_MODELS = '';
    assert.is(modelFolders()[0], 'models');
  } finally {
    if (before === undefined) delete process.env.UNETPP_MODELS;
    else process.env.UNETPP_MODELS = before;
  }
});

test('every command that reads a model takes its name, and writes nothing over it', async ({ dir }) => {
  put(dir, 'models/tiny/model.safetensors', await bytesOf([2, 4]));
  put(dir, 'own/tiny/model.safetensors', await bytesOf([2, 6]));
  put(dir, 'scan.png', disc(9, 7));
  const filtersOf = (info: Record<string, unknown>) => (info.config as { filters: number[] }).filters;
  assert.equal(filtersOf(json(dir, ['info', '--model', 'tiny'])), [2, 4]);
  const elsewhere = unetppAfter(dir, "process.env.UNETPP_MODELS = 'own'", ['info', '--model', 'tiny', '--json']);
  assert.equal(filtersOf(JSON.parse(elsewhere.stdout)), [2, 6]);
  assert.is(json(dir, ['predict', '--model', 'tiny', '--input', 'scan.png', '--out', 'masks']).images, 1);
  const file = join('models', 'tiny', 'model.safetensors');
  refused(
    dir,
    ['prune', '--model', 'tiny', '--level', '1', '--out', file, '--force'],
    `${file}: --model reads it, so nothing is written there; give another place`,
  );
});

test.run();
