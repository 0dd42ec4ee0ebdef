/** Test-time augmentation: the mean over the symmetric copies of an image, without a trace of how they were moved. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WasmStorage } from '../../src/backend/wasm/storage.js';
import { Random, seedKey } from '../../src/base/random.js';
import { cropBack, padReflect } from '../../src/image/pad.js';
import { createBackend, createModel, type Image, type Model, type Prediction, type Tta } from '../../src/index.js';
import { relativeError } from '../../src/selftest/compare.js';
import { rejection } from '../support/throws.js';

const backend = createBackend();

function noise(width: number, height: number, channels = 1): Image<Uint8Array> {
  const random = new Random(seedKey(width * 1000 + height));
  const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
  return { width, height, channels, data };
}

/** Where a pixel of a copy lies in the image: written out for each of the symmetries, in their order. */
type Place = (x: number, y: number, width: number, height: number) => readonly [x: number, y: number];
const FLIPS: readonly Place[] = [
  (x, y) => [x, y],
  (x, y, width) => [width - 1 - x, y],
  (x, y, _, height) => [x, height - 1 - y],
  (x, y, width, height) => [width - 1 - x, height - 1 - y],
];
/** Of a copy with the sides swapped. */
const TURNS: readonly Place[] = [
  (x, y, _, height) => [y, height - 1 - x],
  (x, y, width, height) => [width - 1 - y, height - 1 - x],
  (x, y) => [y, x],
  (x, y, width) => [width - 1 - y, x],
];

/** The mean of the predictions of the copies, made and brought back pixel by pixel. */
async function byHand(model: Model, image: Image<Uint8Array>, tta: 'flips' | 'dihedral'): Promise<Float32Array> {
  const { width, height, channels } = image;
  const { classes } = model.config;
  const sums = new Float64Array(width * height * classes);
  const places = [...FLIPS.map((place) => [place, false] as const), ...TURNS.map((place) => [place, true] as const)];
  const copies = tta === 'flips' ? places.slice(0, 4) : places;
  for (const [place, isTurned] of copies) {
    const size = isTurned ? { width: height, height: width } : { width, height };
    const at = (k: number) => {
      const [x, y] = place(k % size.width, Math.floor(k / size.width), width, height);
      return y * width + x;
    };
    const data = image.data.map((_, i) => image.data[at(Math.floor(i / channels)) * channels + (i % channels)]!);
    const { probs } = await model.predict({ ...size, channels, data });
    for (let i = 0; i < probs.length; i++) sums[at(Math.floor(i / classes)) * classes + (i % classes)]! += probs[i]!;
  }
  return Float32Array.from(sums, (sum) => sum / copies.length);
}

for (const [fields, tta] of [
  [{ filters: [4, 8] }, 'flips'],
  [{ filters: [4, 8] }, 'dihedral'],
  [{ filters: [2, 3, 4], classes: 3, inChannels: 3 }, 'dihedral'],
] as const) {
  test(`${tta} are what each copy by itself gives, brought back: ${JSON.stringify(fields)}`, async () => {
    const model = createModel(fields, { backend, seed: 2 });
    const image = noise(28, 20, model.config.inChannels);
    const { probs, ...shape } = await model.predict(image, { tta });
    assert.equal(shape, { width: 28, height: 20, classes: model.config.classes });
    assert.equal(probs, await byHand(model, image, tta));
    assert.not.equal(probs, (await model.predict(image)).probs);
  });
}

test('what is said of a turned image is turned, too; all eight copies are the same eight', async () => {
  const model = createModel({ filters: [4, 8] }, { backend, seed: 2 });
  const image = noise(28, 20);
  const turned = { width: 20, height: 28, channels: 1, data: image.data.map((_, i) => image.data[turn(i)]!) };
  function turn(i: number): number {
    const [x, y] = TURNS[0]!(i % 20, Math.floor(i / 20), 28, 20);
    return y * 28 + x;
  }
  const [upright, aside] = [
    await model.predict(image, { tta: 'dihedral' }),
    await model.predict(turned, { tta: 'dihedral' }),
  ];
  assert.equal(
    aside.probs,
    upright.probs.map((_, i) => upright.probs[turn(i)]!),
  );
});

/** Makes every kernel of a network symmetric, with values in quarters: whatever the order, sums of them are exact. */
function makeSymmetric({ parameters }: Model): void {
  for (const { name, shape } of parameters.list) {
    const [rows, columns] = shape.length === 4 ? (shape as [number, number]) : [1, 1];
    const { length } = parameters.get(name);
    const rest = length / (rows * columns);
    const values = Array.from({ length }, (_, i) => {
      const fromMiddle = [Math.floor(i / rest / columns), Math.floor(i / rest) % columns].map((k) => Math.abs(k - 1));
      const value = rows !== 3 ? 0.25 : [1, 0.25, -0.25][fromMiddle[0]! + fromMiddle[1]!]!;
      return (i % rest) % 3 === 1 ? -value : value;
    });
    parameters.get(name).write(values);
  }
  parameters.weightsChanged();
}

test('a network of symmetric kernels gives of all copies what it gives of the image, bit for bit', async () => {
  const model = createModel({ filters: [2, 3] }, { backend });
  makeSymmetric(model);
  const grey = noise(20, 12);
  const image = { ...grey, data: Float32Array.from(grey.data, (value) => value / 64 - 2) };
  const plain = await model.predict(image);
  assert.ok(new Set(plain.probs).size > 20, 'it says something');
  for (const tta of ['flips', 'dihedral'] as const) assert.equal(await model.predict(image, { tta }), plain, tta);
});

test('an image is padded first, then moved, and comes back at its place', async () => {
  const model = createModel({ filters: [4, 8, 8], classes: 2 }, { backend, seed: 2 });
  const image = noise(21, 13);
  const { image: padded, x, y } = padReflect(image, 4);
  assert.equal([padded.width, padded.height, x, y], [24, 16, 1, 1], 'two more on the right and below');
  for (const tta of ['flips', 'dihedral'] as const) {
    const whole = { width: 24, height: 16, channels: 2, data: await byHand(model, padded, tta) };
    assert.equal((await model.predict(image, { tta })).probs, cropBack(whole, { x, y }, 21, 13).data, tta);
  }
});

test('a batch, and a network that sees images at a size of its own', async () => {
  const model = createModel({ filters: [4, 8] }, { backend, seed: 2 });
  const images = [noise(18, 12), noise(12, 18), noise(18, 12), noise(18, 12)];
  for (const size of [undefined, 16]) {
    model.adopt({ ...model.card, preprocessing: { normalisation: 'range', ...(size && { size }) } });
    const together = await model.predictBatch(images, { tta: 'dihedral' });
    const single: Prediction[] = [];
    for (const image of images) single.push(await model.predict(image, { tta: 'dihedral' }));
    const plain = await model.predictBatch(images);
    for (const [k, { probs, ...shape }] of single.entries()) {
      const { probs: inBatch, ...same } = together[k]!;
      assert.equal(same, shape);
      // A batch may be computed by other kernels.
      assert.ok(relativeError(inBatch, probs) < 1e-5);
      assert.ok(relativeError(plain[k]!.probs, probs) > 1e-3);
    }
  }
});

test('the copies are computed one after the other: the backend takes no more memory', async () => {
  const own = createBackend();
  const model = createModel({ filters: [8, 16] }, { backend: own });
  const taken = () => (model.parameters.trainable as WasmStorage).owner.memory.buffer.byteLength;
  await model.predict(noise(96, 96));
  const before = taken();
  await model.predict(noise(96, 96), { tta: 'dihedral' });
  assert.is(taken(), before);
});

test('another name is refused', async () => {
  const model = createModel({ filters: [2, 3] }, { backend });
  const message = await rejection(model.predict(noise(8, 8), { tta: 'flip' as Tta }));
  assert.is(message, 'tta is "flip", expected one of none, flips, dihedral');
});

test.run();
