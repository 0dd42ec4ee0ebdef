/** `unetpp compress`: smaller weights, and what they change. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { decodePng } from '../../src/formats/png/png.js';
import { createModel, loadModel, type ModelConfig, readSafetensors, weightsSha256 } from '../../src/index.js';
import { disc, json, listing, put, putPairs, refused, suiteInFolder, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli compress');
const FILE = 'model.safetensors';
const compress = (weights: string, out = 'small.safetensors', ...more: string[]) => [
  ...['compress', '--model', FILE, '--weights', weights, '--out', out],
  ...more,
];

/** An untrained model, with a threshold near the middle of what it says. */
async function putModel(dir: string, config: Partial<ModelConfig> = {}): Promise<void> {
  const model = createModel({ filters: [4, 8, 12], ...config }, { seed: 5 });
  const training = { epochs: 3, seed: 1 };
  model.adopt({
    preprocessing: { normalisation: 'range', size: 32 },
    thresholds: { L2: 0.5, accurate: 0.48 },
    training,
  });
  await model.save(join(dir, FILE));
}

const bytesOf = (dir: string, file: string) => statSync(join(dir, file)).size;

for (const [weights, dtype, share] of [
  ['f16', 'F16', 0.62],
  ['int8', 'I8', 0.45],
] as const) {
  test(`${weights}: what is written, and predict with it`, async ({ dir }) => {
    await putModel(dir);
    const result = json(dir, compress(weights));
    const [bytesBefore, bytesAfter] = [bytesOf(dir, FILE), bytesOf(dir, 'small.safetensors')];
    assert.equal(result, { weights, out: 'small.safetensors', bytesBefore, bytesAfter });
    assert.ok(bytesAfter < share * bytesBefore, `${bytesAfter} of ${bytesBefore}`);
    const { tensors } = await readSafetensors(readFileSync(join(dir, 'small.safetensors')), 'm');
    assert.is(tensors.get('conv0_2.conv1.weight')!.dtype, dtype);
    assert.is(tensors.get('conv0_2.conv1.bias')!.dtype, 'F32');

    const [first, second] = [
      await loadModel(join(dir, 'small.safetensors')),
      await loadModel(join(dir, 'small.safetensors')),
    ];
    assert.is(await weightsSha256(first), await weightsSha256(second));
    assert.equal(first.card, (await loadModel(join(dir, FILE))).card);
    put(dir, 'scan.png', disc(37, 53));
    const predict = ['--input', 'scan.png', '--out', 'out', '--save-probs'];
    const [before, after] = [FILE, 'small.safetensors'].map((file) => {
      json(dir, ['predict', '--model', file, ...predict]);
      return new Float32Array(new Uint8Array(readFileSync(join(dir, 'out/scan.npy'))).buffer.slice(-4 * 37 * 53));
    }) as [Float32Array, Float32Array];
    const largest = Math.max(...after.map((value, k) => Math.abs(value - before[k]!)));
    assert.ok(largest > 0 && largest < 0.01, `${largest}`);
    json(dir, compress(weights));
  });
}

test('the change on a data folder is that of the scores that evaluate has', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const data = ['--data', 'data', '--subset', 'all', '--mode', 'L2'];
  const result = json(dir, compress('int8', 'small.safetensors', ...data));
  const evaluated = (file: string) => json(dir, ['evaluate', '--model', file, ...data]);
  const [before, after] = [evaluated(FILE), evaluated('small.safetensors')];
  for (const name of ['dice', 'iou', 'pooledDice', 'pooledIou']) {
    const change = (after[name] as number) - (before[name] as number);
    assert.equal(result[name], { before: before[name], after: after[name], change }, name);
  }
  const pixels = [0, 1, 2, 3, 4, 5].reduce((sum, n) => sum + (40 + n) * (33 + 2 * n), 0);
  assert.equal([result.images, result.subset, result.mode, result.pixels], [6, 'all', 'L2', pixels]);
  assert.equal([result.size, result.scoredAt, result.backend, result.adapter], [32, before.scoredAt, 'wasm', null]);
  assert.is.not(before.dice, after.dice);

  // The pixels that differ, counted in the masks that predict writes.
  const masks = (file: string) => {
    json(dir, ['predict', '--model', file, '--mode', 'L2', '--input', 'data/images', '--out', 'out']);
    return [0, 1, 2, 3, 4, 5].flatMap((n) => [...decodePng(readFileSync(join(dir, `out/n${n}.png`)), 'mask').data]);
  };
  const [one, other] = [masks(FILE), masks('small.safetensors')];
  assert.is(result.changedPixels, one.filter((value, k) => value !== other[k]).length);
});

test('people read the size, and a table of the change', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir, 3);
  const { code, stdout, stderr } = unetppAlone(
    dir,
    compress('int8', 'small.safetensors', '--data', 'data', '--subset', 'all'),
  );
  assert.equal([code, stderr], [0, '']);
  assert.is(
    stdout,
    `int8 weights of UNet++ (dense skips), filters 4,8,12, 2 heads, transposed upsampling
11,860 bytes instead of 29,952 (39.6%), written to small.safetensors

3 images (all) of 40x33 to 42x37 pixels, seen at 32x32, mode accurate

score         before    after    change
Dice          0.1987   0.2046   +0.0059
IoU           0.1104   0.1140   +0.0037
pooled Dice   0.1986   0.2045   +0.0058
pooled IoU    0.1103   0.1139   +0.0036

57 of 4,309 pixels of the masks differ (1.3%)
`,
  );
});

test('what cannot be compressed is refused, and no file is written', async ({ dir }) => {
  await putModel(dir);
  const help = 'see unetpp compress --help';
  const choices = 'Allowed choices are f16, int8';
  refused(dir, compress('f32'), `option '--weights <type>' argument 'f32' is invalid. ${choices}; ${help}`);
  const itself = '--model reads it, so nothing is written there; give another place';
  refused(dir, compress('f16', `./${FILE}`), `./${FILE}: ${itself}`);
  refused(dir, compress('f16', 'small.safetensors', '--data', 'data'), 'data: no such folder');
  putPairs(dir);
  const inside = 'in the folder that --data reads (data), so nothing is written there; give another place';
  refused(dir, compress('f16', 'data/small.safetensors', '--data', 'data'), `data/small.safetensors: ${inside}`);
  refused(
    dir,
    compress('f16', 'small.safetensors', '--data', 'data', '--mode', 'L3'),
    'mode "L3": this network has accurate, fast, L1, L2',
  );
  put(dir, 'other.safetensors', readFileSync(join(dir, FILE)));
  refused(
    dir,
    compress('f16', 'other.safetensors'),
    'other.safetensors: exists, and is not a pruned, compressed or imported model that unetpp wrote; give another name, or replace it with --force',
  );

  const model = await loadModel(join(dir, FILE));
  const weight = model.parameters.get('final2.weight');
  weight.write([0, 0, 1e5, 0]);
  await model.save(join(dir, FILE));
  refused(
    dir,
    compress('f16'),
    `${FILE}: tensor "final2.weight" holds 100000 at index 2, and float16 ends at 65504; take int8 or f32`,
  );
  json(dir, compress('int8'));
  assert.equal(
    listing(dir).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test.run();
