/** `--tta` and several `--model` of predict and evaluate: the mean that is written and measured, and what is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { splitDigest } from '../../../src/data/split/digest.js';
import { confusionCounts, overlapScores } from '../../../src/evaluate/overlap.js';
import {
  createModel,
  ensemble,
  type Image,
  type ModelCard,
  type ModelConfig,
  readImage,
  toMask,
} from '../../../src/index.js';
import { disc, json, put, putPairs, refused, suiteInFolder, unetpp, unetppWithMemory } from '../../support/cli/cli.js';

const test = suiteInFolder('cli averaging');

async function putModel(dir: string, name: string, config: Partial<ModelConfig> = {}, card: Partial<ModelCard> = {}) {
  const seed = name.charCodeAt(0);
  const model = createModel({ filters: [3, 4, 5], ...config }, { seed });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 }, ...card });
  await model.save(join(dir, `${name}.safetensors`));
  return model;
}

const files = (...names: string[]) => ['--model', ...names.map((name) => `${name}.safetensors`)];
const predict = (...more: string[]) => ['predict', '--input', 'scan.png', '--out', 'out', ...more];
const evaluate = (...more: string[]) => ['evaluate', '--data', 'data', '--subset', 'all', ...more];

/** The numbers of the float32 array that --save-probs has written. */
function probabilities(dir: string): Float32Array {
  const bytes = readFileSync(join(dir, 'out/scan.npy'));
  return new Float32Array(new Uint8Array(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer);
}

test('predict: the mean of several models over copies, as the library gives it', async ({ dir }) => {
  const a = await putModel(dir, 'a', {}, { thresholds: { accurate: 0.45 } });
  const b = await putModel(
    dir,
    'b',
    { filters: [4, 6], norm: 'group' },
    { preprocessing: { normalisation: 'zscore' } },
  );
  put(dir, 'scan.png', disc(37, 53));
  const image = await readImage(join(dir, 'scan.png'));
  const write = async (call: readonly string[], tta: 'none' | 'flips', models: readonly string[]) => {
    const result = json(dir, predict(...call, '--save-probs'));
    assert.equal([result.mode, result.tta], ['accurate', tta]);
    assert.equal(
      result.models,
      models.map((name) => ({ file: `${name}.safetensors`, mode: 'accurate' })),
    );
    return result;
  };
  await write([...files('a'), '--tta', 'flips'], 'flips', ['a']);
  assert.equal(probabilities(dir), (await a.predict(image, { tta: 'flips' })).probs);
  const { threshold } = await write([...files('a', 'b'), '--tta', 'flips'], 'flips', ['a', 'b']);
  const expected = await ensemble([a, b]).predict(image, { tta: 'flips' });
  assert.equal(probabilities(dir), expected.probs);
  assert.is(threshold, 0.475);
  const mask = (await readImage(join(dir, 'out/scan.png'))) as Image<Uint8Array>;
  assert.equal(
    mask.data,
    toMask(expected, 0.475).data.map((value) => value * 255),
  );
  // The option may be given for each.
  const { threshold: given } = await write([...files('a'), ...files('b'), '--threshold', '0.3'], 'none', ['a', 'b']);
  assert.is(given, 0.3);
  const { stdout } = unetpp(dir, predict(...files('a', 'b'), '--tta', 'dihedral', '--quiet'));
  const how = 'mode accurate, mean of 2 models over 8 copies of each image';
  assert.match(stdout, new RegExp(`^1 mask with overlay in out, ${how}, \\d+\\.\\d s\n$`));
});

test('predict: auto is the mode of each model', async ({ dir }) => {
  const recommended = (mode: 'L1' | 'L2') => {
    return {
      recommendation: {
        mode,
        score: 'dice',
        tolerance: 0.01,
        subset: 'x',
        images: 2,
        scores: { L1: 1, L2: 1, accurate: 1 },
      },
    } as const;
  };
  await putModel(dir, 'a', {}, recommended('L1'));
  await putModel(dir, 'b', {}, recommended('L2'));
  put(dir, 'scan.png', disc(20, 20));
  const { mode, models } = json(dir, predict(...files('a', 'b'), '--mode', 'auto'));
  assert.is(mode, 'auto');
  assert.equal(models, [
    { file: 'a.safetensors', mode: 'L1' },
    { file: 'b.safetensors', mode: 'L2' },
  ]);
});

test('models that do not fit together are refused', async ({ dir }) => {
  await putModel(dir, 'a');
  await putModel(dir, 'b', { classes: 3 });
  await putModel(dir, 'c', { filters: [3, 4] });
  await putModel(dir, 'd', { inChannels: 2 });
  put(dir, 'scan.png', disc(20, 20));
  putPairs(dir, 3);
  const classes =
    'a.safetensors has 1 output channel and b.safetensors 3 output channels (config.classes); models that predict together need the same classes';
  refused(dir, predict(...files('a', 'b')), classes);
  refused(dir, evaluate(...files('a', 'b')), classes);
  const twice = '--model a.safetensors: given twice; give each model once';
  refused(dir, predict(...files('a', 'c', 'a')), twice);
  refused(
    dir,
    predict(...files('a', 'c'), '--mode', 'L2'),
    'c.safetensors: mode "L2": this network has accurate, fast, L1',
  );
  refused(
    dir,
    predict(...files('a', 'd')),
    'scan.png: an image of 1 channel, d.safetensors reads 2; save it with 2 channels as .npy',
  );
  refused(
    dir,
    evaluate(...files('a', 'c'), '--subset', 'validation', '--choose-threshold', '--save'),
    '--save stores what is found in one model file, and 2 are given, whose mean has a threshold of its own; leave --save out, and give predict the threshold by --threshold',
  );
  refused(
    dir,
    evaluate(...files('a', 'c'), '--subset', 'validation', '--choose-postprocessing'),
    '--choose-postprocessing stands for one model, and 2 are given; give one of them, or leave it out',
  );
  const { stderr } = unetpp(dir, predict(...files('a'), '--tta', 'all'));
  assert.match(stderr, /option '--tta <copies>' argument 'all' is invalid\. Allowed choices are none, flips, dihedral/);
});

test('evaluate: each head of models that have the same, with the loss of one only', async ({ dir }) => {
  await putModel(dir, 'a');
  await putModel(dir, 'b', {}, { preprocessing: { normalisation: 'percentile', size: 24, fit: 'pad' } });
  await putModel(dir, 'c', { filters: [3, 4] });
  putPairs(dir);
  const plain = json(dir, evaluate(...files('a'), '--threshold', '0.5'));
  assert.equal([plain.tta, plain.models], ['none', [{ file: 'a.safetensors', mode: 'accurate' }]]);
  const copies = json(dir, evaluate(...files('a'), '--threshold', '0.5', '--tta', 'dihedral'));
  assert.is(copies.tta, 'dihedral');
  assert.is(copies.loss, plain.loss);
  assert.not.equal(copies.perImage, plain.perImage);

  const heads = (result: Record<string, unknown>) => (result.heads as { head: string }[]).map(({ head }) => head);
  const both = json(dir, evaluate(...files('a', 'b'), '--tta', 'flips'));
  assert.equal(heads(both), ['L1', 'L2']);
  assert.equal([both.loss, both.objective, both.images, both.mode], [null, null, 6, 'accurate']);
  const other = json(dir, evaluate(...files('a', 'c'), '--mode', 'fast'));
  assert.equal([heads(other), other.mode], [[], 'fast']);
  const { stdout, stderr } = unetpp(dir, evaluate(...files('a', 'b'), '--tta', 'flips'));
  assert.is(stderr, '');
  assert.match(
    stdout,
    /^6 images \(all\) of 40x33 to 45x43 pixels, seen at 32x32, mean of 2 models over 4 copies of each image\n\n +accurate +L1 +L2\n/,
  );
});

test('evaluate measures the masks that predict writes', async ({ dir }) => {
  const a = await putModel(dir, 'a', {}, { preprocessing: { normalisation: 'range' } });
  const b = await putModel(dir, 'b', { filters: [4, 6] });
  putPairs(dir, 2);
  const image = await readImage(join(dir, 'data/images/n1.png'));
  const { probs } = await ensemble([a, b]).predict(image, { tta: 'flips' });
  // In the midst of them, so that the untrained networks have something to be wrong about.
  const threshold = [...probs].sort((p, q) => p - q)[Math.floor(probs.length / 10)]!;
  const more = [...files('a', 'b'), '--tta', 'flips', '--threshold', `${threshold}`];
  const { perImage } = json(dir, evaluate(...more)) as { perImage: { image: string; dice: number }[] };
  json(dir, ['predict', '--input', 'data/images/n1.png', '--out', 'out', ...more]);
  const [mask, truth] = [await readImage(join(dir, 'out/n1.png')), await readImage(join(dir, 'data/masks/n1.png'))];
  const counts = confusionCounts(mask.data as Uint8Array, truth.data as Uint8Array, 255);
  const { dice } = perImage.find(({ image }) => image === 'n1')!;
  assert.ok(Math.abs(dice - overlapScores(counts).dice) < 1e-6 && dice > 0.05 && dice < 0.95, `${dice}`);
});

test('a threshold is chosen for what is averaged', async ({ dir }) => {
  const split = { train: ['n0', 'n1'], validation: ['n2', 'n3'], test: [] };
  const training = { dataset: 'data', seed: 1, splitSha256: splitDigest(split) };
  await putModel(dir, 'a', {}, { training });
  await putModel(dir, 'b', {}, { training: { ...training, seed: 2 } });
  putPairs(dir, 4);
  put(dir, 'data/split.json', JSON.stringify(split));
  const choose = (...more: string[]) => ['evaluate', '--data', 'data', '--choose-threshold', ...more];
  const { chosen, threshold } = json(dir, choose(...files('a', 'b'), '--tta', 'flips')) as {
    chosen: { thresholds: Record<string, { threshold: number }> };
    threshold: number;
  };
  assert.equal(Object.keys(chosen.thresholds), ['L1', 'L2', 'accurate']);
  assert.is(threshold, chosen.thresholds.accurate!.threshold);
  const { stdout } = unetpp(dir, choose(...files('a', 'b')));
  assert.match(stdout, '\nnot stored: it is that of the mean; predict takes it by --threshold\n');

  await putModel(dir, 'c', {}, { training: { ...training, splitSha256: splitDigest({ ...split, test: ['n0'] }) } });
  const seen =
    'a.safetensors and c.safetensors were trained with different splits, and "validation" may hold images that one of them was trained on; take --subset test of a split.json, or --subset all of other data';
  refused(dir, choose(...files('a', 'c')), seen);
});

test('the forecast of memory has all models, and the copies', async ({ dir }) => {
  await putModel(dir, 'a', { filters: [16, 32, 64] });
  await putModel(dir, 'b', { filters: [16, 32, 64] }, { preprocessing: { normalisation: 'range' } });
  put(dir, 'scan.png', disc(400, 300));
  const needs = (...more: string[]) => {
    const { code, stderr } = unetppWithMemory(dir, 1e6, predict(...more));
    assert.is(code, 2);
    const [, megabytes, advice] = /needs (\d+) MB of memory, .* are free; (.*)\n$/.exec(stderr)!;
    return { megabytes: Number(megabytes), advice };
  };
  const [a, b, both] = [needs(...files('a')), needs(...files('b')), needs(...files('a', 'b'))];
  assert.ok(both.megabytes > Math.max(a.megabytes, b.megabytes) && both.megabytes <= a.megabytes + b.megabytes);
  assert.ok(needs(...files('b'), '--tta', 'dihedral').megabytes > b.megabytes);
  assert.is(both.advice, 'make it smaller or cut it into tiles, or take fewer models');
});

test.run();
