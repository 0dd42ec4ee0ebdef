/** Prediction on images as they come, the modes, and pruning bit for bit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { fold, Random, seedKey } from '../../src/base/random.js';
import type { Image } from '../../src/image/image.js';
import { createBackend, createModel, type Mode, type Model, type ModelConfig, prune } from '../../src/index.js';
import { relativeError } from '../../src/selftest/compare.js';
import { throwsInput } from '../support/throws.js';

const backend = createBackend();
const modelOf = (config: Partial<ModelConfig> = {}): Model =>
  createModel({ filters: [3, 4, 6], ...config }, { backend });

/** Seeded noise. */
function imageOf(width: number, height: number, channels = 1): Image<Uint8Array> {
  const random = new Random(fold(fold(seedKey(5), width), height));
  const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
  return { width, height, channels, data };
}

/** The error of a rejected promise. */
async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable('expected a rejection') as never;
}

for (const [width, height] of [
  [16, 8],
  [13, 9],
  [1, 1],
  [3, 50],
]) {
  test(`an image of ${width}x${height} is predicted at its own size`, async () => {
    const prediction = await modelOf().predict(imageOf(width!, height!));
    assert.is(prediction.width, width);
    assert.is(prediction.height, height);
    assert.is(prediction.classes, 1);
    assert.is(prediction.probs.length, width! * height!);
    assert.ok(prediction.probs.every((p) => p > 0 && p < 1));
  });
}

test('the accurate mode is the mean of the heads, fast is the deepest', async () => {
  const model = modelOf();
  const image = imageOf(16, 12);
  const [accurate, fast, l1, l2] = await Promise.all(
    (['accurate', 'fast', 'L1', 'L2'] as const).map(async (mode) => (await model.predict(image, { mode })).probs),
  );
  const mean = l1!.map((p, i) => (p + l2![i]!) / 2);
  assert.ok(relativeError(accurate!, mean) < 1e-6);
  assert.equal(fast, l2);
  assert.ok(relativeError(l1!, l2!) > 1e-3);
});

test('probabilities of several classes sum to 1', async () => {
  const { probs, classes } = await modelOf({ classes: 3 }).predict(imageOf(8, 8));
  assert.is(classes, 3);
  for (let i = 0; i < probs.length; i += 3) assert.ok(Math.abs(probs[i]! + probs[i + 1]! + probs[i + 2]! - 1) < 1e-5);
});

test('a batch gives each image what it gets alone, in order, whatever the sizes', async () => {
  const model = modelOf();
  const images = [imageOf(8, 8), imageOf(8, 8), imageOf(9, 8), imageOf(8, 8), imageOf(8, 8), imageOf(8, 8)];
  const together = await model.predictBatch(images, { batch: 2 });
  for (const [k, image] of images.entries()) assert.equal(together[k], await model.predict(image), `image ${k}`);
  assert.equal(await model.predictBatch([]), []);
});

test('8 and 16 bits, grey and RGB of the same picture are the same to the network', async () => {
  const model = modelOf();
  const grey = imageOf(8, 8);
  const expected = (await model.predict(grey)).probs;
  const deep = { ...grey, data: Uint16Array.from(grey.data, (v) => v * 257) };
  assert.equal((await model.predict(deep)).probs, expected);
  const colour = {
    ...grey,
    channels: 3,
    data: Uint8Array.from({ length: 192 }, (_, i) => grey.data[Math.floor(i / 3)]!),
  };
  assert.equal((await model.predict(colour)).probs, expected);
});

test('a network of any number of channels reads images of that number, and no others', async () => {
  const model = modelOf({ inChannels: 6 });
  const image = imageOf(9, 7, 6);
  const { probs } = await model.predict(image);
  const other = { ...image, data: image.data.map((value, i) => (i % 6 === 5 ? 255 - value : value)) };
  assert.ok(relativeError((await model.predict(other)).probs, probs) > 1e-4, 'the last channel counts');
  for (const [inChannels, channels] of [
    [3, 4],
    [4, 3],
    [1, 2],
    [3, 2],
  ] as const) {
    const error = await errorOf(modelOf({ inChannels }).predict(imageOf(8, 8, channels)));
    assert.instance(error, InputError);
    assert.is(error.message, `predict: the image has ${channels} channels, the network reads ${inChannels}`);
  }
});

test('a model with a size sees every image at it and answers at the size of the image', async () => {
  const model = modelOf();
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 16 } });
  const { width, height, probs } = await model.predict(imageOf(40, 20));
  assert.equal([width, height, probs.length], [40, 20, 800]);
  const own = await model.predict(imageOf(16, 16));
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range' } });
  assert.equal(own, await model.predict(imageOf(16, 16)));
});

test('what does not fit is refused', async () => {
  const channels = await errorOf(modelOf({ inChannels: 2 }).predict(imageOf(8, 8, 3)));
  assert.instance(channels, InputError);
  assert.is(channels.message, 'predict: the image has 3 channels, the network reads 2');
  const expected = 'predict: expected an image { width, height, channels, data }, got';
  for (const [wrong, found] of [
    [null, 'null'],
    [undefined, 'nothing'],
    ['scan.png', '"scan.png"'],
    [{}, 'no data'],
  ]) {
    const error = await errorOf(modelOf().predict(wrong as unknown as Image));
    assert.instance(error, InputError);
    assert.is(error.message, `${expected} ${found}`);
  }
  const nan = { ...imageOf(8, 8), data: new Float32Array(64).fill(Number.NaN, 9) };
  const pixel = 'predict: pixel (1, 1), channel 0 is NaN; expected finite numbers';
  assert.is((await errorOf(modelOf().predictBatch([imageOf(8, 8), nan]))).message, pixel);
  const list = await errorOf(modelOf().predictBatch(null as unknown as Image[]));
  assert.is(list.message, 'predict: expected a list of images, got null');
  const short = await errorOf(modelOf().predict({ ...imageOf(8, 8), width: 9 }));
  assert.is(short.message, 'predict: 9x8x1 takes 72 values, its data holds 64');
  const batch = await errorOf(modelOf().predictBatch([imageOf(8, 8)], { batch: 0 }));
  assert.is(batch.message, 'predict: batch is 0, expected a whole number of at least 1');
  const mode = await errorOf(modelOf().predict(imageOf(8, 8), { mode: 'L3' }));
  assert.is(mode.message, 'mode "L3": this network has accurate, fast, L1, L2');
  assert.is(
    (await errorOf(modelOf().logits({ shape: [1, 8, 8, 2], data: new Float32Array(128) }))).message,
    'logits: x must be [batch,height,width,1], got [1,8,8,2]',
  );
  assert.is(
    (await errorOf(modelOf().logits({ shape: [1, 8, 8, 1], data: new Float32Array(63) }))).message,
    'logits: [1,8,8,1] takes 64 values, its data holds 63',
  );
});

test('without deep supervision there is the deepest head alone', async () => {
  const model = modelOf({ deepSupervision: false });
  const image = imageOf(8, 8);
  assert.equal(await model.predict(image), await model.predict(image, { mode: 'L2' }));
  const error = await errorOf(model.predict(image, { mode: 'L1' }));
  assert.match(error.message, 'it was built without deep supervision');
});

const variants: Partial<ModelConfig>[] = [
  {},
  { skips: 'adjacent', upsample: 'bilinear' },
  { skips: 'original', norm: 'batch' },
  { classes: 3, norm: 'group' },
];
for (const variant of variants) {
  test(`pruned to each head, bit for bit: ${JSON.stringify(variant)}`, async () => {
    const model = modelOf({ filters: [3, 4, 6, 8], ...variant });
    for (const size of [imageOf(16, 16), imageOf(13, 21)]) {
      for (const level of [1, 2, 3]) {
        const pruned = prune(model, level);
        const expected = await model.predict(size, { mode: `L${level}` });
        for (const mode of ['accurate', 'fast', `L${level}`] as Mode[]) {
          assert.equal(await pruned.predict(size, { mode }), expected, `L${level} in mode ${mode}`);
        }
      }
    }
  });
}

test('pruning keeps what prediction needs and refuses a head that is not there', () => {
  const model = modelOf();
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 }, training: { epochs: 3 } });
  const pruned = prune(model, 1);
  assert.equal(pruned.config.filters, [3, 4]);
  assert.equal(pruned.card.preprocessing, model.card.preprocessing);
  assert.equal(pruned.card.training, { epochs: 3, prunedTo: 'L1' });
  throwsInput(() => prune(model, 3), 'prune: no head at level 3; this network has L1, L2');
  const alone = 'this network was built without deep supervision: L1 is its only head and needs all of it';
  throwsInput(() => prune(pruned, 1), `prune: ${alone}`);
});

test.run();
