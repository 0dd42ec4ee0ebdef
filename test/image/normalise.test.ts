import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image, ImageData } from '../../src/image/image.js';
import { normalise } from '../../src/image/normalise.js';
import { createModel, ReferenceBackend } from '../../src/index.js';
import { prepare } from '../../src/infer/preprocessing.js';

const image = <T extends ImageData>(data: T, channels = 1): Image<T> => ({
  width: data.length / channels,
  height: 1,
  channels,
  data,
});

test('range divides by the largest of the type', () => {
  assert.equal([...normalise(image(Uint8Array.of(0, 51, 255)), 'range').data], [0, Math.fround(0.2), 1]);
  assert.equal([...normalise(image(Uint16Array.of(0, 65535)), 'range').data], [0, 1]);
});

test('percentile: from the 1st to the 99th percentile, as NumPy counts them, to 0..1', () => {
  // The percentiles of 0..200 are 2 and 198.
  const { data } = normalise(image(Uint16Array.from({ length: 201 }, (_, i) => 200 - i)), 'percentile');
  assert.equal([data[200], data[198], data[100], data[2], data[0]], [0, 0, 0.5, 1, 1]);
  // Those of 0, 10 are 0.1 and 9.9, between the samples.
  assert.equal([...normalise(image(Uint8Array.of(10, 0)), 'percentile').data], [1, 0]);
  const three = normalise(image(Float32Array.of(0, 1, 10)), 'percentile').data;
  // 0.02 and 9.82.
  assert.is(three[1], Math.fround(0.98 / 9.8));
});

test('percentile keeps 16 bits apart where 8 bits would not', () => {
  const { data } = normalise(image(Uint16Array.from({ length: 101 }, (_, i) => 1000 + i)), 'percentile');
  assert.is(new Set(data).size, 99);
});

test('zscore: mean 0, standard deviation 1, over all channels together', () => {
  assert.equal([...normalise(image(Uint8Array.of(1, 3)), 'zscore').data], [-1, 1]);
  assert.equal(
    [...normalise(image(Uint16Array.of(2, 4, 4, 4, 5, 5, 7, 9)), 'zscore').data],
    [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2],
  );
  assert.equal([...normalise(image(Uint8Array.of(1, 1, 1, 3, 3, 3), 3), 'zscore').data], [-1, -1, -1, 1, 1, 1]);
});

test('a flat image is 0, not NaN', () => {
  for (const how of ['percentile', 'zscore'] as const) {
    assert.equal([...normalise(image(Uint8Array.of(7, 7, 7)), how).data], [0, 0, 0]);
  }
});

test('a prediction depends on brightness and contrast with range only', async () => {
  const model = createModel({ filters: [2, 4] }, { backend: new ReferenceBackend() });
  const dark = { width: 4, height: 4, channels: 1, data: Uint16Array.from({ length: 16 }, (_, i) => i * i) };
  const bright = { ...dark, data: dark.data.map((value) => 16 * value + 1024) };
  const same = async () => {
    const [a, b] = [await model.predict(dark), await model.predict(bright)];
    return a.probs.every((p, i) => p === b.probs[i]);
  };
  assert.not.ok(await same());
  for (const normalisation of ['percentile', 'zscore'] as const) {
    model.adopt({ ...model.card, preprocessing: { normalisation } });
    assert.ok(await same(), normalisation);
    assert.equal(prepare(dark, model.config, model.card.preprocessing), normalise(dark, normalisation));
  }
});

test.run();
