/** Several models that predict together give the mean of what each gives by itself, in whatever bands it comes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import {
  createBackend,
  createModel,
  ensemble,
  type Image,
  type Model,
  type Prediction,
  toMask,
} from '../../src/index.js';
import { meanBands } from '../../src/infer/mean-bands.js';
import { joinBands } from '../../src/infer/own-size.js';
import { rejection, throwsInput } from '../support/throws.js';

const backend = createBackend();

function noise(width: number, height: number, channels = 1): Image<Uint8Array> {
  const random = new Random(seedKey(width * 1000 + height));
  const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
  return { width, height, channels, data };
}

/** Three models that have nothing in common but their classes: one sees a square, one whole images, one tiles of them. */
function members(classes = 1): Model[] {
  const small = createModel({ filters: [4, 8, 8], classes }, { backend, seed: 1 });
  small.adopt({ ...small.card, preprocessing: { normalisation: 'zscore', size: 16 }, thresholds: { accurate: 0.4 } });
  const colour = createModel({ filters: [2, 3, 4], inChannels: 3, norm: 'batch', classes }, { backend, seed: 2 });
  colour.adopt({ ...colour.card, preprocessing: { normalisation: 'percentile', size: 24, fit: 'pad' } });
  const own = createModel({ filters: [3, 5], deepSupervision: false, classes }, { backend, seed: 3 });
  return [small, colour, own];
}

/** The mean by its rule: float32 values, summed in float64 in the order of the models, rounded once. */
function meanOf(predictions: readonly Prediction[]): Float32Array {
  return predictions[0]!.probs.map(
    (_, i) => predictions.reduce((sum, { probs }) => sum + probs[i]!, 0) / predictions.length,
  );
}

/** How many elements differ: so large that to list them takes minutes. */
function differing(found: Float32Array | Uint8Array, expected: Float32Array | Uint8Array): number {
  assert.is(found.length, expected.length);
  return [...found].filter((value, i) => value !== expected[i]).length;
}

for (const classes of [1, 3]) {
  test(`the mean of single predictions, bit for bit, ${classes} output channels`, async () => {
    const models = members(classes);
    const image = noise(70, 531);
    for (const options of [{}, { tiling: 40 }, { mode: 'fast', tta: 'flips', tiling: 40 }] as const) {
      const single: Prediction[] = [];
      for (const model of models) single.push(await model.predict(image, options));
      const together = await ensemble(models).predict(image, options);
      const { probs, ...shape } = together;
      assert.equal(shape, { width: 70, height: 531, classes });
      assert.is(differing(probs, meanOf(single)), 0);
      const threshold = probs[4000]!;
      const { data } = await ensemble(models).predictMask(image, { ...options, threshold });
      assert.is(differing(data, toMask(together, threshold).data), 0);
    }
  });
}

test('one model by itself is that model', async () => {
  const [model] = members();
  const image = noise(33, 20);
  assert.equal(await ensemble([model!]).predict(image), await model!.predict(image));
});

test('bands of different heights are cut to common rows, and no more is held than they have', async () => {
  const random = new Random(seedKey(7));
  const whole = (): Prediction[] =>
    [1, 2].map((classes) => {
      const probs = Float32Array.from({ length: 3 * 100 * classes }, () => random.uniform(0, 1));
      return { width: 3, height: 100, classes, probs };
    });
  const predictions = [whole(), whole(), whole()];
  let most = 0;
  for (let n = 0; n < 20; n++) {
    const streams = predictions.map((outputs) => {
      const ends = Array.from({ length: 1 + random.integer(6) }, () => random.integer(100));
      const cuts = [...new Set([0, ...ends, 100])].sort((a, b) => a - b);
      return cuts.slice(1).map((end, k) => {
        return outputs.map(({ width, classes, probs }): Prediction => {
          const part = probs.slice(cuts[k]! * width * classes, end * width * classes);
          return { width, height: end - cuts[k]!, classes, probs: part };
        });
      });
    });
    const joined = await joinBands(meanBands(streams), { width: 3, height: 100 });
    for (const [output, { probs }] of joined.entries()) {
      assert.equal(probs, meanOf(predictions.map((each) => each[output]!)));
    }
    for await (const [band] of meanBands(streams)) most = Math.max(most, band!.height);
  }
  assert.ok(most < 100);
});

test('a large image comes in bands where the models keep its size', async () => {
  const [, , own] = members();
  const other = createModel({ filters: [4, 8] }, { backend, seed: 9 });
  let rows = 0;
  for await (const [band] of ensemble([own!, other]).bands(noise(50, 700), { tiling: 40 })) {
    assert.ok(band!.height <= 80, `${band!.height}`);
    rows += band!.height;
  }
  assert.is(rows, 700);
});

test('the mode is that of each model, and the threshold the mean of theirs', async () => {
  const [first, second] = members();
  for (const [model, mode] of [
    [first!, 'L1'],
    [second!, 'accurate'],
  ] as const) {
    const recommendation = { mode, score: 'dice', tolerance: 0, subset: 'validation', images: 1, scores: {} } as const;
    model.adopt({ ...model.card, recommendation });
  }
  const together = ensemble([first!, second!]);
  const image = noise(30, 20);
  const single = [await first!.predict(image, { mode: 'L1' }), await second!.predict(image)];
  assert.equal((await together.predict(image, { mode: 'auto' })).probs, meanOf(single));
  assert.equal(together.maskRule(), { threshold: 0.45 });
  assert.equal(together.maskRule({ mode: 'auto' }), { threshold: 0.5 });
  assert.is(
    await rejection(together.predict(image, { mode: 'L3' })),
    'mode "L3": this network has accurate, fast, L1, L2',
  );
});

test('names of classes are those of the first model that has some, and may not differ', () => {
  const [first, second, third] = members(3);
  assert.is(ensemble([first!, second!]).classNames, undefined);
  second!.adopt({ ...second!.card, classNames: ['core', 'rim'] });
  third!.adopt({ ...third!.card, classNames: ['core', 'rim'] });
  assert.equal(ensemble([first!, second!, third!]).classNames, ['core', 'rim']);
  third!.adopt({ ...third!.card, classNames: ['rim', 'core'] });
  throwsInput(
    () => ensemble([first!, second!, third!]),
    'model 2 has the classes ["core","rim"], model 3 has the classes ["rim","core"]; models that predict together need the same classes',
  );
});

test('what a card says of postprocessing counts for its model alone, what is given for several', () => {
  const [first, second] = members();
  first!.adopt({ ...first!.card, postprocessing: { accurate: { minObject: 9 } } });
  assert.equal(ensemble([first!]).maskRule().postprocessing, { minObject: 9 });
  assert.is(ensemble([first!, second!]).maskRule().postprocessing, undefined);
  assert.equal(ensemble([first!, second!]).maskRule({ postprocessing: { maxHole: 4 } }).postprocessing, { maxHole: 4 });
});

test('models that do not tell the same classes apart are refused', () => {
  const models = [
    createModel({ filters: [2, 3] }, { backend }),
    createModel({ filters: [2, 3], classes: 3 }, { backend }),
  ];
  const rest = 'models that predict together need the same classes';
  const what = 'model 1 has 1 output channel and model 2 3 output channels (config.classes)';
  throwsInput(() => ensemble(models), `${what}; ${rest}`);
  throwsInput(() => ensemble([]), 'ensemble: expected a list of models, got none');
});

test.run();
