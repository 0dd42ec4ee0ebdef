/** The model file: the round trip, and every way in which a file can be wrong. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import {
  createModel,
  decodeModel,
  encodeModel,
  importTorch,
  loadModel,
  type ModelConfig,
  type Recommendation,
  readSafetensors,
  type StoredTensor,
  weightsSha256,
  writeSafetensors,
} from '../../src/index.js';
import { messageOf } from '../support/faults.js';

const backend = new ReferenceBackend();
const config: Partial<ModelConfig> = { filters: [2, 3], norm: 'batch' };
const image = { width: 7, height: 5, channels: 1, data: Float32Array.from({ length: 35 }, (_, i) => i / 35) };

const RECOMMENDATION: Recommendation = {
  mode: 'L1',
  score: 'dice',
  tolerance: 0.01,
  subset: 'validation',
  images: 4,
  scores: { L1: 0.8 },
};

function modelOf(fields = config) {
  const model = createModel(fields, { backend, seed: 7 });
  model.adopt({
    ...model.card,
    preprocessing: { normalisation: 'range', size: 8 },
    thresholds: { L1: 0.35 },
    recommendation: RECOMMENDATION,
    classNames: ['lesion'],
    training: { epochs: 3, validation: { dice: 0.5 } },
  });
  return model;
}

/** What `decodeModel` says of a file that was changed. */
async function refusal(
  change: (file: { metadata: Record<string, string>; tensors: Map<string, StoredTensor> }) => void,
) {
  const file = await readSafetensors(await encodeModel(modelOf()), 'm');
  const { headerSha256: _header, sha256: _data, ...metadata } = file.metadata;
  const changed = { metadata, tensors: file.tensors };
  change(changed);
  return messageOf(decodeModel(await writeSafetensors(changed.tensors, changed.metadata), 'm', backend));
}

test('the round trip keeps everything, bit for bit', async () => {
  const model = modelOf();
  const copy = await decodeModel(await encodeModel(model), 'm', backend);
  assert.equal(copy.config, model.config);
  assert.equal(copy.card.preprocessing, model.card.preprocessing);
  assert.equal(copy.card.thresholds, model.card.thresholds);
  assert.equal(copy.card.recommendation, RECOMMENDATION);
  assert.equal(copy.card.classNames, ['lesion']);
  assert.equal(copy.card.training, model.card.training);
  assert.equal(await copy.predict(image), await model.predict(image));
  assert.is(await weightsSha256(copy), await weightsSha256(model));
  assert.equal(await encodeModel(copy), await encodeModel(model));
});

test("tensors have PyTorch's names and shapes, in name order, and the stated checksum is that of the weights", async () => {
  const model = modelOf();
  const { tensors, metadata } = await readSafetensors(await encodeModel(model), 'm');
  assert.equal(tensors.get('conv0_1.conv1.weight')!.shape, [2, 4, 3, 3]);
  assert.equal(tensors.get('up0_1.weight')!.shape, [3, 2, 2, 2]);
  assert.equal(tensors.get('conv1_0.bn2.running_var')!.shape, [3]);
  assert.equal([...tensors.keys()], [...tensors.keys()].sort());
  assert.is(metadata.sha256, await weightsSha256(model));
  // [O=1][I=2] of PyTorch is [2][1] of ours, at kernel position (1, 2).
  const weight = await model.parameters.get('conv1_0.conv2.weight').read();
  assert.is(tensors.get('conv1_0.conv2.weight')!.data[1 * 27 + 2 * 9 + 1 * 3 + 2], weight[(1 * 3 + 2) * 9 + 2 * 3 + 1]);
});

test('save and loadModel, by path and by bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unetpp-model-'));
  const path = join(folder, 'model.safetensors');
  const model = modelOf();
  await model.save(path);
  for (const source of [path, new Uint8Array(await readFile(path))]) {
    const loaded = await loadModel(source, { backend });
    assert.equal(await loaded.predict(image), await model.predict(image));
  }
  await rm(folder, { recursive: true });
  assert.match(await messageOf(loadModel(path)), /model\.safetensors: cannot be read: there is no such file/);
});

test('a file that is damaged is refused', async () => {
  const bytes = await encodeModel(modelOf());
  assert.match(await messageOf(decodeModel(bytes.subarray(0, -4), 'm', backend)), 'm: damaged: cut short');
  const flipped = bytes.slice();
  flipped[bytes.length - 9]! ^= 1;
  assert.match(await messageOf(decodeModel(flipped, 'm', backend)), 'm: damaged: SHA-256 of the data is');
});

test('a file of another kind or version is refused', async () => {
  const foreign = await refusal(({ metadata }) => {
    metadata.format = 'pt';
  });
  assert.is(
    foreign,
    'm: not a model of unetpp (its metadata has no format "unetpp"); convert PyTorch weights with import-torch',
  );
  const newer = await refusal(({ metadata }) => {
    metadata.version = '2';
  });
  assert.is(newer, 'm: has format version "2", expected "1"; update unetpp');
});

test('metadata that is missing, no JSON, or not allowed is refused by field', async () => {
  const withMetadata = (name: string, value: string | undefined) =>
    refusal(({ metadata }) => {
      if (value === undefined) delete metadata[name];
      else metadata[name] = value;
    });
  assert.is(
    await withMetadata('config', undefined),
    "m, config: missing in the file's metadata; restore the file from a copy",
  );
  assert.is(await withMetadata('config', '{"filters":'), 'm, config: not valid JSON at line 1, column 12');
  assert.match(await withMetadata('config', '{"depth":4}'), 'm, config: unknown field "depth"; known are filters,');
  assert.match(await withMetadata('config', '{"filters":[1e9,2]}'), 'm, config: filters is [1000000000,2], expected');
  assert.is(
    await withMetadata('preprocessing', '{"normalisation":"z-score"}'),
    'm, preprocessing: normalisation is "z-score", expected one of range, percentile, zscore, window:CENTRE,WIDTH',
  );
  assert.is(
    await withMetadata('preprocessing', '{"normalisation":"range","size":0}'),
    'm, preprocessing: size is 0, expected a whole number of pixels from 1 to 16384',
  );
  assert.match(
    await withMetadata('preprocessing', '{"normalisation":"range","size":1e300}'),
    'm, preprocessing: size is 1e+300, expected a whole number',
  );
  assert.is(
    await withMetadata('preprocessing', 'null'),
    'm, preprocessing: normalisation is nothing, expected one of range, percentile, zscore, window:CENTRE,WIDTH',
  );
  const thresholds = 'm, thresholds: expected {NAME: NUMBER} with names from L1 and numbers from 0 to 1, found';
  for (const wrong of ['{"accurate":0.5}', '{"L1":1.5}', '{"L1":"0.5"}', '{"L1":null}', '[0.5]', 'null', '0.5']) {
    assert.is(await withMetadata('thresholds', wrong), `${thresholds} ${wrong}`);
  }
  assert.is(
    await withMetadata('recommendation', '{"mode":"L2"}'),
    'm, recommendation: mode is "L2", expected one of L1',
  );
  const names = 'm, classNames: expected 1 different name of 1 to 255 characters without control characters, found';
  for (const wrong of ['["a","b"]', '[]', '[""]', '[7]', '{"0":"a"}', '"a"', 'null', '["\\u001b"]']) {
    assert.is(await withMetadata('classNames', wrong), `${names} ${wrong}`);
  }
  assert.match(await withMetadata('classNames', JSON.stringify(['x'.repeat(256)])), `${names} ["xxx`);
  assert.is(await withMetadata('training', '[1]'), 'm, training: expected a JSON object, found [1]');
});

const ADVICE = 'weights and configuration must be of one network';

test('tensors that are missing, superfluous or of another shape are refused by name', async () => {
  const missing = await refusal(({ tensors }) => tensors.delete('up0_1.bias'));
  assert.is(missing, `m: tensor "up0_1.bias" is missing; ${ADVICE}`);

  const renamed = await refusal(({ tensors }) => {
    tensors.set('up0_1.b', tensors.get('up0_1.bias')!);
    tensors.delete('up0_1.bias');
  });
  assert.is(renamed, `m: tensor "up0_1.bias" is missing, found "up0_1.b" instead; ${ADVICE}`);

  const superfluous = await refusal(({ tensors }) => tensors.set('extra', tensors.get('up0_1.bias')!));
  assert.is(superfluous, `m: tensor "extra" is none of the 40 of this network; ${ADVICE}`);

  const shaped = await refusal(({ metadata }) => {
    metadata.config = JSON.stringify({ ...modelOf().config, filters: [2, 4] });
  });
  assert.is(shaped, `m: tensor "conv1_0.conv1.weight" has shape [3,2,3,3], expected [4,2,3,3]; ${ADVICE}`);
});

test('numbers that are not finite, and integers, are refused by name', async () => {
  const nan = await refusal(({ tensors }) => {
    (tensors.get('final1.weight')!.data as Float32Array)[1] = NaN;
  });
  assert.match(nan, 'm: tensor "final1.weight" holds NaN at index 1, expected finite numbers');
  const integers = await refusal(({ tensors }) => {
    tensors.set('final1.bias', { dtype: 'I64', shape: [1], data: BigInt64Array.of(1n) });
  });
  assert.is(integers, 'm: tensor "final1.bias" holds integers (I64), expected F32, F64 or F16; save it as floats');
});

test('a configuration of a huge network is refused before anything of its size is allocated', async () => {
  const before = process.memoryUsage().rss;
  const message = await refusal(({ metadata }) => {
    delete metadata.recommendation;
    metadata.config = JSON.stringify({ filters: [4096, 4096, 4096, 4096, 4096, 4096, 4096] });
  });
  assert.match(message, 'm: tensor "conv0_0.conv1.weight" has shape [2,1,3,3], expected [4096,1,3,3]');
  assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20);
});

test('a PyTorch state dict: one head is recognised, counters are ignored, float64 and float16 are taken', async () => {
  const model = createModel({ filters: [2, 3], norm: 'batch', deepSupervision: false }, { backend });
  const { tensors } = await readSafetensors(await encodeModel(model), 'm');
  tensors.set('conv0_0.bn1.num_batches_tracked', { dtype: 'I64', shape: [], data: BigInt64Array.of(9n) });
  const bias = tensors.get('final.bias')!;
  tensors.set('final.bias', { dtype: 'F64', shape: bias.shape, data: Float64Array.from(bias.data as Float32Array) });
  const imported = importTorch(tensors, { filters: [2, 3], norm: 'batch' }, { backend, file: 'net' });
  assert.is(imported.config.deepSupervision, false);
  assert.equal(await imported.predict(image), await model.predict(image));
  // 1 and -0.5.
  tensors.set('final.weight', { dtype: 'F16', shape: [1, 2, 1, 1], data: Uint16Array.of(0x3c00, 0xb800) });
  const halves = importTorch(tensors, { filters: [2, 3], norm: 'batch' }, { backend, file: 'net' });
  assert.equal([...(await halves.parameters.get('final.weight').read())], [1, -0.5]);
});

test('a PyTorch state dict of another network is refused', async () => {
  const { tensors } = await readSafetensors(await encodeModel(modelOf()), 'm');
  const imported = (fields: unknown) =>
    messageOf((async () => importTorch(tensors, fields, { backend, file: 'net' }))());
  assert.match(await imported({ filters: [2, 3] }), 'net: tensor "conv0_0.bn1.bias" is none of the 16 of this network');
  assert.match(await imported({ filters: [2, 3, 4], norm: 'batch' }), 'net: tensor "conv2_0.conv1.weight" is missing');
  assert.match(await imported({ filter: [2, 3] }), 'net, config: unknown field "filter"');
});

test.run();
