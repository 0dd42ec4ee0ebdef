/** Model files with smaller weights: what stands in them, what is read, and every way in which they can be wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { fromFloat16, toFloat16 } from '../../src/base/float16.js';
import { sha256 } from '../../src/base/sha256.js';
import {
  createModel,
  decodeModel,
  encodeModel,
  type Model,
  readSafetensors,
  type StoredTensor,
  weightsSha256,
  writeSafetensors,
} from '../../src/index.js';
import { DERIVED_MODEL } from '../../src/model/modelfile.js';
import { messageOf } from '../support/faults.js';

const backend = new ReferenceBackend();
const image = { width: 7, height: 5, channels: 1, data: Float32Array.from({ length: 35 }, (_, i) => i / 35) };
const WEIGHT = 'conv0_1.conv1.weight';

function modelOf(): Model {
  const model = createModel({ filters: [2, 3], norm: 'batch' }, { backend, seed: 7 });
  model.adopt({ ...model.card, thresholds: { L1: 0.35 }, training: { epochs: 3 } });
  return model;
}

const filed = async (model: Model, weights: 'f16' | 'int8') =>
  readSafetensors(await encodeModel(model, { weights }), 'm');

test('float16: the weights of convolutions, after all other numbers in float32', async () => {
  const model = modelOf();
  const whole = await readSafetensors(await encodeModel(model), 'm');
  const { tensors, metadata } = await filed(model, 'f16');
  const isWeight = (name: string) => /(conv\d|up0_1|final1)\.weight$/.test(name);
  const names = [...whole.tensors.keys()];
  assert.equal([...tensors.keys()], [...names.filter((name) => !isWeight(name)), ...names.filter(isWeight)]);
  for (const [name, stored] of tensors) {
    const { shape, data } = whole.tensors.get(name)! as { shape: readonly number[]; data: Float32Array };
    const expected: StoredTensor = isWeight(name)
      ? { dtype: 'F16', shape, data: toFloat16(data) }
      : { dtype: 'F32', shape, data };
    assert.equal(stored, expected, name);
  }
  assert.equal(metadata.weights, 'f16');
  assert.not.ok('weights' in whole.metadata);
});

test('int8: a scale beside each weight, which gives every value back', async () => {
  const model = modelOf();
  const { tensors, metadata } = await filed(model, 'int8');
  assert.is(metadata.weights, 'int8');
  assert.is(tensors.size, 40 + 8);
  const [up, scale] = [tensors.get('up0_1.weight')!, tensors.get('up0_1.weight.scale')!];
  assert.equal([up.dtype, up.shape, scale.dtype, scale.shape], ['I8', [3, 2, 2, 2], 'F32', [2]]);
  const loaded = await decodeModel(await encodeModel(model, { weights: 'int8' }), 'm', backend);
  // PyTorch's [I][O][2][2] is [2][2][I][O] of ours: input 2, output channel 1, position (1, 0).
  const weight = await loaded.parameters.get('up0_1.weight').read();
  const integer = (up.data as Int8Array)[2 * 8 + 1 * 4 + 2]!;
  assert.is(weight[2 * 6 + 2 * 2 + 1], Math.fround(integer * (scale.data as Float32Array)[1]!));
  assert.is(Math.max(...(up.data as Int8Array).map(Math.abs)), 127);
});

for (const weights of ['f16', 'int8'] as const) {
  test(`${weights}: the same bytes and the same bits each time; saved again, the same numbers as float32`, async () => {
    const model = modelOf();
    const bytes = await encodeModel(model, { weights });
    assert.equal(await encodeModel(model, { weights }), bytes);
    const [loaded, again] = [await decodeModel(bytes, 'm', backend), await decodeModel(bytes, 'm', backend)];
    assert.is(await weightsSha256(loaded), await weightsSha256(again));
    assert.is.not(await weightsSha256(loaded), await weightsSha256(model));
    assert.equal(await loaded.predict(image), await again.predict(image));
    assert.equal([loaded.card.thresholds, loaded.card.training], [{ L1: 0.35 }, { epochs: 3 }]);

    const { metadata, tensors } = await readSafetensors(bytes, 'm');
    const numbers = [...tensors.values()].flatMap(({ data }) => {
      return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
    });
    assert.is(metadata.sha256, await sha256(Uint8Array.from(numbers)), 'the digest is of the numbers in the file');

    const saved = await encodeModel(loaded);
    assert.ok([...(await readSafetensors(saved, 'm')).tensors.values()].every(({ dtype }) => dtype === 'F32'));
    const back = await decodeModel(saved, 'm', backend);
    assert.is(await weightsSha256(back), await weightsSha256(loaded));
  });

  test(`${weights}: a trained model is not written over, its smaller file is`, async () => {
    const begins = (bytes: Uint8Array) => DERIVED_MODEL.begins(Buffer.from(bytes).toString('latin1'));
    assert.not.ok(begins(await encodeModel(modelOf())));
    assert.ok(begins(await encodeModel(modelOf(), { weights })));
  });

  test(`${weights}: what cannot be stored is refused with its tensor`, async () => {
    const model = modelOf();
    const { tensors, metadata } = await readSafetensors(await encodeModel(model), 'm');
    const data = tensors.get(WEIGHT)!.data as Float32Array;
    data[5] = 70_000;
    const { headerSha256: _header, sha256: _data, ...others } = metadata;
    const large = await decodeModel(await writeSafetensors(tensors, others), 'm', backend);
    assert.is(
      await messageOf(encodeModel(large, { weights, file: 'run/model.safetensors' })),
      weights === 'int8'
        ? 'no error'
        : `run/model.safetensors: tensor "${WEIGHT}" holds 70000 at index 5, and float16 ends at 65504; take int8 or f32`,
    );
  });
}

/** What `decodeModel` says of a file whose tensors were changed. */
async function refusal(weights: 'f16' | 'int8', change: (tensors: Map<string, StoredTensor>) => void): Promise<string> {
  const { metadata, tensors } = await filed(modelOf(), weights);
  const { headerSha256: _header, sha256: _data, ...others } = metadata;
  change(tensors);
  return messageOf(decodeModel(await writeSafetensors(tensors, others), 'm', backend));
}

const COPY = 'restore the file from a copy';
const NEEDS = `m: tensor "${WEIGHT}" is int8 and needs its scale "${WEIGHT}.scale", F32 [2], found`;
const scaled = (data: Float32Array): StoredTensor => ({ dtype: 'F32', shape: [data.length], data });

test('int8 without its scale, or with one that does not fit, is refused', async () => {
  const withScale = (scale: StoredTensor | undefined) =>
    refusal('int8', (tensors) => {
      if (scale) tensors.set(`${WEIGHT}.scale`, scale);
      else tensors.delete(`${WEIGHT}.scale`);
    });
  assert.is(await withScale(undefined), `${NEEDS} none; ${COPY}`);
  assert.is(await withScale(scaled(Float32Array.of(1))), `${NEEDS} F32 [1]; ${COPY}`);
  assert.is(
    await withScale({ dtype: 'F32', shape: [2, 1], data: Float32Array.of(1, 1) }),
    `${NEEDS} F32 [2,1]; ${COPY}`,
  );
  assert.is(await withScale({ dtype: 'F16', shape: [2], data: Uint16Array.of(1, 1) }), `${NEEDS} F16 [2]; ${COPY}`);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.match(
      await withScale(scaled(Float32Array.of(1, value))),
      `m: tensor "${WEIGHT}.scale" holds ${value} at index 1, expected finite numbers; `,
    );
  }
  assert.match(
    await withScale(scaled(Float32Array.of(3e38, 1))),
    /^m: tensor "conv0_1\.conv1\.weight" holds -?Infinity at index \d+, expected finite numbers; /,
  );
});

test('a scale without int8, int8 where it is not allowed, and numbers that are none are refused', async () => {
  const one = 'weights and configuration must be of one network';
  assert.is(
    await refusal('f16', (tensors) => tensors.set(`${WEIGHT}.scale`, scaled(Float32Array.of(1, 1)))),
    `m: tensor "${WEIGHT}.scale" is none of the 40 of this network; ${one}`,
  );
  assert.is(
    await refusal('int8', (tensors) => {
      tensors.set('up0_1.bias', { dtype: 'I8', shape: [2], data: Int8Array.of(1, 2) });
    }),
    'm: tensor "up0_1.bias" holds integers (I8), expected F32, F64 or F16; save it as floats',
  );
  assert.is(
    await refusal('int8', (tensors) => tensors.set(WEIGHT, { dtype: 'I8', shape: [1], data: Int8Array.of(1) })),
    `m: tensor "${WEIGHT}" has shape [1], expected [2,4,3,3]; ${one}`,
  );
  for (const [bits, value] of [
    [0x7c00, Number.POSITIVE_INFINITY],
    [0x7e00, Number.NaN],
  ] as const) {
    assert.match(
      await refusal('f16', (tensors) => {
        (tensors.get(WEIGHT)!.data as Uint16Array)[3] = bits;
      }),
      `m: tensor "${WEIGHT}" holds ${value} at index 3, expected finite numbers; `,
    );
  }
});

test('float16 is exact for its own numbers', async () => {
  const model = modelOf();
  const before = (await filed(model, 'f16')).tensors.get(WEIGHT)!.data as Uint16Array;
  const loaded = await decodeModel(await encodeModel(model, { weights: 'f16' }), 'm', backend);
  const { tensors } = await readSafetensors(await encodeModel(loaded), 'm');
  assert.equal(tensors.get(WEIGHT)!.data, fromFloat16(before));
});

test.run();
