/** Weights stored smaller: what is stored, by numbers, and what comes back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { fold, Random, seedKey } from '../../src/base/random.js';
import { decodeWeights, encodeWeights, type Weights, weightFormats } from '../../src/model/weight-formats.js';

const source = { file: 'm', name: 'conv.weight' };

/** Two output channels of three inputs each, as [2,3]. */
const rows: Weights = { shape: [2, 3], data: Float32Array.of(1.27, -0.5, 0.015, 254, 3, -1), outputAxis: 0 };

test('float32 is stored as it is, and so is what belongs to no output channel', () => {
  assert.equal(encodeWeights(rows, 'f32', source), { values: { dtype: 'F32', shape: [2, 3], data: rows.data } });
  for (const format of weightFormats) {
    const bias = { ...rows, outputAxis: undefined };
    assert.equal(encodeWeights(bias, format, source), { values: { dtype: 'F32', shape: [2, 3], data: rows.data } });
  }
});

test('float16: the bits of the nearest numbers', () => {
  const { values, scale } = encodeWeights(rows, 'f16', source);
  assert.equal(values, {
    dtype: 'F16',
    shape: [2, 3],
    data: Uint16Array.of(0x3d14, 0xb800, 0x23ae, 0x5bf0, 0x4200, 0xbc00),
  });
  assert.is(scale, undefined);
  assert.equal(decodeWeights({ values }, 0), Float32Array.of(1.26953125, -0.5, 0.0149993896484375, 254, 3, -1));
});

test('int8: a scale for each output channel, halves away from 0', () => {
  const stored = encodeWeights(rows, 'int8', source);
  assert.equal(stored.values, { dtype: 'I8', shape: [2, 3], data: Int8Array.of(127, -50, 2, 127, 2, -1) });
  const hundredth = Math.fround(Math.fround(1.27) / 127);
  assert.equal(stored.scale, { dtype: 'F32', shape: [2], data: Float32Array.of(hundredth, 2) });
  assert.equal(decodeWeights(stored, 0), Float32Array.of(127 * hundredth, -50 * hundredth, 2 * hundredth, 254, 4, -2));
});

test('int8: the output channel is that of the axis, wherever it lies', () => {
  // The same weights in three orders: output channel 0 holds 1 and -2, channel 1 holds 30 and 40, of two pixels each.
  const orders = [
    { shape: [2, 2], outputAxis: 0, data: Float32Array.of(1, -2, 30, 40) },
    { shape: [2, 2], outputAxis: 1, data: Float32Array.of(1, 30, -2, 40) },
    { shape: [1, 2, 2, 1], outputAxis: 1, data: Float32Array.of(1, -2, 30, 40) },
  ];
  for (const weights of orders) {
    const stored = encodeWeights(weights, 'int8', source);
    assert.equal(stored.scale!.data, Float32Array.of(2 / 127, 40 / 127));
    const back = decodeWeights(stored, weights.outputAxis);
    for (const [k, value] of back.entries()) assert.ok(Math.abs(value - weights.data[k]!) <= 20 / 127, `${value}`);
  }
});

test('int8: a channel of zeros, and one of numbers that are too small for a scale', () => {
  const tiny = 2 ** -149;
  const data = Float32Array.of(0, -0, tiny, -tiny, 190 * tiny, 0);
  const stored = encodeWeights({ shape: [3, 2], data, outputAxis: 0 }, 'int8', source);
  assert.equal(stored.values.data, Int8Array.of(0, 0, 0, 0, 127, 0));
  assert.equal(stored.scale!.data, Float32Array.of(1, 1, tiny));
  assert.equal(decodeWeights(stored, 0), Float32Array.of(0, 0, 0, 0, 127 * tiny, 0));
});

test('int8: no value is off by more than half a step, and what was read is stored as the same integers again', () => {
  const random = new Random(fold(seedKey(5), 'int8'));
  const data = Float32Array.from({ length: 4 * 7 * 9 }, (_, k) => (random.word() / 2 ** 31 - 1) * 10 ** (k % 5));
  const weights = { shape: [4, 7, 3, 3], data, outputAxis: 1 };
  const stored = encodeWeights(weights, 'int8', source);
  const back = decodeWeights(stored, 1) as Float32Array;
  const scale = stored.scale!.data as Float32Array;
  for (const [k, value] of back.entries()) {
    assert.ok(Math.abs(value - data[k]!) <= 0.50001 * scale[Math.floor(k / 9) % 7]!, `${data[k]} became ${value}`);
  }
  assert.equal(encodeWeights({ ...weights, data: back }, 'int8', source).values, stored.values);
});

test('what cannot be stored is refused with the tensor and the number', () => {
  const refusal = (data: Float32Array, format: 'f16' | 'int8') => {
    try {
      encodeWeights({ shape: [data.length], data, outputAxis: 0 }, format, source);
    } catch (error) {
      assert.instance(error, InputError);
      return (error as Error).message;
    }
    return 'no error';
  };
  assert.is(refusal(Float32Array.of(0, 65504), 'f16'), 'no error');
  assert.is(
    refusal(Float32Array.of(0, 65504, -70000), 'f16'),
    'm: tensor "conv.weight" holds -70000 at index 2, and float16 ends at 65504; take int8 or f32',
  );
  for (const format of ['f16', 'int8'] as const) {
    assert.match(refusal(Float32Array.of(0, Number.NaN), format), 'm: tensor "conv.weight" holds NaN at index 1, ');
    assert.match(refusal(Float32Array.of(-Infinity), format), 'm: tensor "conv.weight" holds -Infinity at index 0, ');
  }
});

test.run();
