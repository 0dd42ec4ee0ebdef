/** The objects of a mask: as pixel by pixel, however the probabilities come in bands. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { createBackend, createModel, type Image, type Prediction } from '../../src/index.js';
import { type Instance, instancesOf } from '../../src/infer/instances.js';
import { type MaskRule, masksOf } from '../../src/infer/masks.js';
import { toMask } from '../../src/infer/prediction.js';
import { floodFill } from '../support/image/flood-fill.js';
import { randomMask } from '../support/image/masks.js';
import { throwsInput } from '../support/throws.js';

/** A prediction whose mask is that of `randomMask`, and every probability another. */
function prediction(seed: number, width: number, height: number, classes: number): Prediction {
  const random = new Random(seedKey(seed + 1000));
  const { data } = randomMask(seed, width, height, Math.max(1, classes - 1));
  const probs = new Float32Array(data.length * classes);
  data.forEach((label, i) => {
    if (classes === 1) probs[i] = random.uniform(0, 0.5) + 0.5 * label;
    else for (let c = 0; c < classes; c++) probs[i * classes + c] = random.uniform(0, 0.3) + (c === label ? 0.4 : 0);
  });
  return { width, height, classes, probs };
}

/** A prediction in bands of so many rows. */
function* bandsOf({ width, height, classes, probs }: Prediction, rows: number): Generator<Prediction[]> {
  for (let y = 0; y < height; y += rows) {
    const end = Math.min(y + rows, height);
    yield [{ width, height: end - y, classes, probs: probs.slice(y * width * classes, end * width * classes) }];
  }
}

/** The objects of a mask, pixel by pixel. */
function byPixels(mask: Image<Uint8Array>, raw: Image<Uint8Array>, { classes, probs }: Prediction): Instance[] {
  const labels = floodFill(mask, 8, (value) => value !== 0);
  return Array.from({ length: Math.max(0, ...labels) }, (_, k) => {
    const pixels = labels.flatMap((label, i) => (label === k + 1 ? [i] : []));
    const value = mask.data[pixels[0]!]!;
    const [xs, ys] = [pixels.map((i) => i % mask.width), pixels.map((i) => Math.floor(i / mask.width))];
    const own = pixels.filter((i) => raw.data[i] === value);
    const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return {
      label: k + 1,
      class: value,
      area: pixels.length,
      centroid: { x: sum(xs) / pixels.length, y: sum(ys) / pixels.length },
      box: { left, top, width: Math.max(...xs) + 1 - left, height: Math.max(...ys) + 1 - top },
      probability: sum(own.map((i) => probs[classes === 1 ? i : i * classes + value]!)) / own.length,
    };
  });
}

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a}, expected ${b}`);

for (const classes of [1, 3]) {
  test(`objects of ${classes} classes are those of the pixels, filled holes left out of probabilities`, async () => {
    let objects = 0;
    for (let seed = 0; seed < 30; seed++) {
      const [width, height] = [5 + seed, 31 - seed];
      const predicted = prediction(seed, width, height, classes);
      const rule: MaskRule = { threshold: 0.5, ...(seed % 3 > 0 && { postprocessing: { minObject: 2, maxHole: 3 } }) };
      const { mask, instances, labels } = await instancesOf(bandsOf(predicted, 1 + (seed % 9)), predicted, rule);
      const [expected] = await masksOf([[predicted]], predicted, [rule]);
      assert.equal(mask, expected);
      assert.equal(
        [...labels().data],
        floodFill(mask, 8, (value) => value !== 0),
      );
      const listed = byPixels(mask, toMask(predicted), predicted);
      assert.is(instances.length, listed.length);
      for (const [k, { centroid, probability, ...instance }] of instances.entries()) {
        const { centroid: middle, probability: mean, ...same } = listed[k]!;
        assert.equal(instance, same);
        near(centroid.x, middle.x);
        near(centroid.y, middle.y);
        near(probability, mean);
      }
      objects += instances.length;
    }
    assert.ok(objects > 100, `${objects}`);
  });
}

test('a model predicts its objects as it predicts its mask, in tiles too', async () => {
  const backend = createBackend();
  const model = createModel({ filters: [4, 8, 8] }, { backend, seed: 2 });
  const random = new Random(seedKey(3));
  const data = Float32Array.from({ length: 90 * 120 }, () => random.uniform());
  const image = { width: 90, height: 120, channels: 1, data };
  const threshold = [...(await model.predict(image)).probs].sort((a, b) => a - b)[8000]!;
  model.adopt({ ...model.card, thresholds: { accurate: threshold }, postprocessing: { accurate: { minObject: 9 } } });
  const whole = await model.predictInstances(image);
  assert.equal(whole.mask, await model.predictMask(image));
  assert.ok(whole.instances.length > 1 && whole.instances.every(({ area }) => area >= 9));
  const { instances } = await model.predictInstances(image, { tiling: 60, postprocessing: {} });
  assert.ok(instances.length > whole.instances.length, 'another postprocessing than that of the card');
  for (const { probability } of instances) assert.ok(probability > threshold && probability < 1);
});

test('more objects than 16 bits number', async () => {
  const width = 400;
  const probs = Float32Array.from({ length: width * 660 }, (_, i) =>
    Number(i % 2 === 0 && Math.floor(i / width) % 2 === 0),
  );
  const predicted = { width, height: 660, classes: 1, probs };
  const { instances, labels } = await instancesOf([[predicted]], predicted, { threshold: 0.5 });
  assert.is(instances.length, 66_000);
  throwsInput(
    () => labels(),
    'labels: 66,000 objects, a label image of 16 bits holds 65,535; remove small ones by a postprocessing, or cut the image into parts',
  );
});

test.run();
