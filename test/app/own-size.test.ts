/** What evaluate says is what the masks that predict writes are worth, against the masks as they are stored. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { evaluateFiles } from '../../src/app/evaluation/evaluate-files.js';
import { predictFiles } from '../../src/app/prediction/predict-files.js';
import { Random, seedKey } from '../../src/base/random.js';
import { mean } from '../../src/base/statistics.js';
import { confusionCounts, overlapScores } from '../../src/evaluate/overlap.js';
import { createModel, encodePng, type Image, type Preprocessing, readImage, saveModel } from '../../src/index.js';
import type { Tiling } from '../../src/infer/tiles.js';
import { suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('own size');
const SIZES = [
  [33, 47],
  [64, 20],
  [51, 51],
  [120, 97],
] as const;

/** A data folder of images of odd sizes: a bright ellipse on noise, two images of each patient. */
function writeFolder(dir: string): string[] {
  const data = join(dir, 'data');
  for (const sub of ['images', 'masks']) mkdirSync(join(data, sub), { recursive: true });
  const names = SIZES.map(([width, height], k) => {
    const random = new Random(seedKey(k));
    const image: Image<Uint8Array> = { width, height, channels: 1, data: new Uint8Array(width * height) };
    const mask = { ...image, data: new Uint8Array(width * height) };
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const inside = ((x / width - 0.5) * 3) ** 2 + ((y / height - 0.4) * 4) ** 2 < 1;
        image.data[i] = random.integer(120) + (inside ? 100 : 0);
        mask.data[i] = inside ? 255 : 0;
      }
    }
    writeFileSync(join(data, 'images', `n${k}.png`), encodePng(image));
    writeFileSync(join(data, 'masks', `n${k}.png`), encodePng(mask));
    return `n${k}`;
  });
  const patients = Object.fromEntries(names.map((name, k) => [name, { patient: k < 1 ? 'a' : 'b' }]));
  writeFileSync(join(data, 'patients.json'), JSON.stringify(patients));
  return names;
}

const common = { tta: 'none', threads: 1, backend: 'wasm', mode: 'accurate' } as const;
const cases: readonly (readonly [Preprocessing, Tiling])[] = [
  [{ normalisation: 'range', size: 32 }, 'auto'],
  [{ normalisation: 'percentile', size: 48, fit: 'pad' }, 'auto'],
  [{ normalisation: 'zscore', patch: 16 }, 'off'],
  [{ normalisation: 'range', patch: 16 }, 64],
  [{ normalisation: 'range' }, 'auto'],
];

for (const [preprocessing, tiling] of cases) {
  test(`the written masks have the Dice of the evaluation: ${JSON.stringify(preprocessing)}, tiles ${tiling}`, async ({
    dir,
  }) => {
    const names = writeFolder(dir);
    const model = createModel({ filters: [4, 8, 8] }, { seed: 3 });
    // A threshold in the midst of the probabilities, so that the untrained network has something to be wrong about.
    const { probs } = await model.predict(await readImage(join(dir, 'data', 'images', 'n2.png')));
    const accurate = [...probs].sort((a, b) => a - b)[probs.length >> 1]!;
    model.adopt({ ...model.card, preprocessing, thresholds: { accurate } });
    const file = join(dir, 'm.safetensors');
    await saveModel(model, file);
    const out = join(dir, 'out');
    await predictFiles({ ...common, model: [file], input: join(dir, 'data', 'images'), out, tiling }, {});
    const scores: number[] = [];
    for (const name of names) {
      const written = await readImage(join(out, `${name}.png`));
      const stored = await readImage(join(dir, 'data', 'masks', `${name}.png`));
      assert.equal([written.width, written.height], [stored.width, stored.height]);
      scores.push(overlapScores(confusionCounts(written.data as Uint8Array, stored.data as Uint8Array, 255)).dice);
    }
    assert.ok(mean(scores) > 0.05 && mean(scores) < 0.95, 'neither nothing nor all');
    const options = { ...common, model: [file], data: join(dir, 'data'), subset: 'all', worst: 2, tiling } as const;
    const { evaluation, size, scoredAt } = await evaluateFiles({ ...options, report: join(dir, 'report') }, {});
    const found = new Map(evaluation.perImage!.map(({ image, dice }) => [image, dice]));
    for (const [k, name] of names.entries()) assert.ok(Math.abs(found.get(name)! - scores[k]!) < 1e-6, name);
    assert.ok(Math.abs(evaluation.dice - mean(scores)) < 1e-6);
    assert.ok(Number.isFinite(evaluation.loss));
    assert.equal([size, scoredAt[1].width], [preprocessing.size ?? null, 120]);
    // By patient: one image of the first, three of the second.
    const { patients } = evaluation;
    assert.equal(patients!.perPatient.map(({ patient, images }) => [patient, images]).sort(), [
      ['a', 1],
      ['b', 3],
    ]);
    assert.ok(Math.abs(patients!.dice - (scores[0]! + mean(scores.slice(1))) / 2) < 1e-6);
    assert.is(evaluation.distanceUnit, 'px');
  });
}

test('distances in mm take the size of a pixel that is given, at the own size of the images', async ({ dir }) => {
  writeFolder(dir);
  const model = createModel({ filters: [4, 8, 8] }, { seed: 3 });
  const { probs } = await model.predict(await readImage(join(dir, 'data', 'images', 'n2.png')));
  const accurate = [...probs].sort((a, b) => a - b)[probs.length >> 1]!;
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 }, thresholds: { accurate } });
  const file = join(dir, 'm.safetensors');
  await saveModel(model, file);
  const options = {
    ...common,
    model: [file],
    data: join(dir, 'data'),
    subset: 'all',
    worst: 2,
    tiling: 'auto',
  } as const;
  const { evaluation: pixels } = await evaluateFiles(options, {});
  const { evaluation: millimetres } = await evaluateFiles({ ...options, spacing: [0.5, 0.5] }, {});
  assert.equal([pixels.distanceUnit, millimetres.distanceUnit], ['px', 'mm']);
  assert.ok(Math.abs(millimetres.hd95! - pixels.hd95! / 2) < 1e-9 && pixels.hd95! > 1);
});

test.run();
