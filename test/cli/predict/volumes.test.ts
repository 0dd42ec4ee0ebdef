/** Volumes on the command line: trained on slice by slice, and their masks written as they came. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodeTiff } from '../../../src/formats/tiff/write.js';
import {
  createModel,
  type Image,
  loadModel,
  type ModelConfig,
  openImage,
  type Preprocessing,
  readImage,
  sourceOf,
} from '../../../src/index.js';
import { buildNifti, sformOf } from '../../fixtures/nifti.js';
import { json, listing, put, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli volumes');

async function putModel(
  dir: string,
  config: Partial<ModelConfig> = {},
  more: Partial<Preprocessing> = {},
): Promise<void> {
  const model = createModel({ filters: [3, 5, 7], ...config }, { seed: 5 });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', ...more } });
  await model.save(join(dir, 'model.safetensors'));
}

/** A slice with a bright disc, larger in each. */
function slice(z: number, value = 200): Image<Uint8Array> {
  const data = Uint8Array.from({ length: 24 * 20 }, (_, i) => {
    const [x, y] = [i % 24, Math.floor(i / 24)];
    return (x - 11) ** 2 + (y - 9) ** 2 < (3 + z) ** 2 ? value : 40;
  });
  return { width: 24, height: 20, channels: 1, data };
}

const stack = (images: readonly Image[]) =>
  encodeTiff(
    images.map((image) => ({ image })),
    {},
    'stack',
  );
const slicesOf = async (path: string): Promise<Image[]> => {
  const opened = await openImage(sourceOf(readFileSync(path), path));
  return Promise.all(Array.from({ length: opened.header.slices }, (_, z) => opened.read(z)));
};
const args = (...more: string[]) => [
  'predict',
  '--model',
  'model.safetensors',
  '--input',
  'scan.tif',
  '--out',
  'out',
  ...more,
];

test('the masks of all slices are one file in the format of the volume, those of slices that are pictures', async ({
  dir,
}) => {
  await putModel(dir);
  const slices = [0, 1, 2].map((z) => slice(z));
  put(dir, 'scan.tif', stack(slices));
  const result = json(dir, args('--threshold', '0.45', '--save-probs'));
  assert.is(result.images, 3);
  assert.equal(listing(join(dir, 'out')), ['scan-overlay.png', 'scan-probs.tif', 'scan.tif']);
  const model = await loadModel(join(dir, 'model.safetensors'));
  const masks = await Promise.all(slices.map((image) => model.predictMask(image, { threshold: 0.45 })));
  assert.equal(
    (await slicesOf(join(dir, 'out/scan.tif'))).map(({ data }) => [...data]),
    masks.map(({ data }) => [...data]),
  );
  const probs = await Promise.all(slices.map((image) => model.predict(image)));
  assert.equal(
    (await slicesOf(join(dir, 'out/scan-probs.tif'))).map(({ data }) => [...data]),
    probs.map((prediction) => [...prediction.probs]),
  );
  // Written again by the same program, it is replaced; another TIFF is not.
  json(dir, args('--threshold', '0.45', '--save-probs'));
  put(dir, 'out/scan.tif', stack(slices));
  refused(
    dir,
    args(),
    'out/scan.tif: exists, and is not a mask that unetpp wrote; give another name, or replace it with --force',
  );
});

test('--format: a picture for each slice, or an array', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.tif', stack([slice(0), slice(1)]));
  json(dir, args('--format', 'png'));
  assert.equal(listing(join(dir, 'out')), ['scan-1-overlay.png', 'scan-1.png', 'scan-2-overlay.png', 'scan-2.png']);
  const { width, height } = await readImage(join(dir, 'out/scan-2.png'));
  assert.equal([width, height], [24, 20]);
  json(dir, [...args('--format', 'npy').slice(0, -4), '--out', 'array', '--format', 'npy']);
  assert.equal(listing(join(dir, 'array')), ['scan-mask.npy', 'scan-overlay.png']);
});

test('images whose names are alike, but not those of their results', async ({ dir }) => {
  await putModel(dir);
  for (const name of ['scan', 'scan-overlay']) put(dir, `in/${name}.tif`, stack([slice(0), slice(1)]));
  const predict = ['predict', '--model', 'model.safetensors', '--input', 'in', '--out', 'out'];
  json(dir, predict);
  const names = ['scan-overlay-overlay.png', 'scan-overlay.png', 'scan-overlay.tif', 'scan.tif'];
  assert.equal(listing(join(dir, 'out')), names);
  put(dir, 'in/scan-1.tif', encodeTiff([{ image: slice(0) }], {}, 'stack'));
  const both = 'in/scan-1.tif and in/scan.tif would both give';
  refused(dir, [...predict, '--format', 'png'], `${both} scan-1.png; rename one of them`);
});

test('a model that sees neighbours sees them in prediction, too', async ({ dir }) => {
  await putModel(dir, { inChannels: 3 }, { neighbours: 1 });
  const slices = [0, 1, 2].map((z) => slice(z));
  put(dir, 'scan.tif', stack(slices));
  json(dir, args('--threshold', '0.45'));
  const model = await loadModel(join(dir, 'model.safetensors'));
  const around = [slices[0]!, slices[0]!, slices[1]!];
  const data = new Uint8Array(24 * 20 * 3).map((_, i) => around[i % 3]!.data[Math.floor(i / 3)]!);
  const mask = await model.predictMask({ width: 24, height: 20, channels: 3, data }, { threshold: 0.45 });
  assert.equal([...(await slicesOf(join(dir, 'out/scan.tif')))[0]!.data], [...mask.data]);
});

test('training on volumes: slices of one stay together, neighbours are channels, scores are told for each', ({
  dir,
}) => {
  for (const name of ['a', 'b', 'c']) {
    const value = 150 + name.charCodeAt(0);
    put(dir, `data/images/${name}.tif`, stack([0, 1, 2].map((z) => slice(z, value - 90))));
    put(
      dir,
      `data/masks/${name}.tif`,
      stack([0, 1, 2].map((z) => ({ ...slice(z), data: slice(z).data.map((v) => Number(v > 100)) }))),
    );
  }
  const network = ['--filters', '4,8', '--size', '16', '--epochs', '1', '--batch', '2', '--neighbours', '1'];
  json(dir, ['train', '--data', 'data', ...network, '--out', 'run']);
  const { config, split } = JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));
  assert.is(config.inChannels, 3);
  const cases = new Set(split.validation.map((name: string) => name.split('-')[0]));
  assert.equal([split.train.length, split.validation.length, cases.size], [6, 3, 1]);
  const evaluated = ['evaluate', '--model', 'run/model.safetensors', '--data', 'data', '--subset', 'all'];
  assert.is(json(dir, [...evaluated, '--report', 'report']).images, 9);
  const [, ...rows] = readFileSync(join(dir, 'report/patients.csv'), 'utf8').trim().split('\r\n');
  assert.equal(
    new Set(rows.map((row) => row.split(',').find((cell) => /^[abc]$/.test(cell)))),
    new Set(['a', 'b', 'c']),
  );
});

test('what a file says of itself is told, and one volume of several is read', async ({ dir }) => {
  await putModel(dir, {}, { normalisation: 'percentile' });
  const data = Array.from({ length: 2 * 8 * 8 * 2 }, (_, k) => (k * 37) % 101);
  const sform = sformOf([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 5, 0],
  ]);
  put(dir, 'scan.nii', buildNifti({ shape: [8, 8, 2, 2], type: 'int16', data, sform }));
  const predict = ['predict', '--model', 'model.safetensors', '--input', 'scan.nii', '--out', 'out'];
  refused(dir, predict, 'scan.nii: holds 2 volumes, 8x8x2x2 of int16, expected one; name it, volume 1 to 2');
  // A slow machine shows its progress, too.
  assert.match(unetpp(dir, [...predict, '--volume', '2']).stderr, 'remark    scan.nii: Volume 2 of 2 is read.\n');
  assert.equal(listing(join(dir, 'out')), ['scan-overlay.png', 'scan.nii']);
  for (const name of ['a', 'b']) {
    const mask = Array.from({ length: 8 * 8 * 2 }, (_, k) => Number(k % 3 === 0));
    const values = data.map((value) => value + name.charCodeAt(0));
    put(dir, `data/images/${name}.nii`, buildNifti({ shape: [8, 8, 2, 2], type: 'int16', data: values, sform }));
    put(dir, `data/masks/${name}.nii`, buildNifti({ shape: [8, 8, 2], type: 'uint8', data: mask, sform }));
  }
  const { remarks } = json(dir, ['check', '--data', 'data', '--volume', '2']);
  const told = (remarks as string[]).filter((remark) => remark.includes('Volume'));
  assert.equal(told, ['a-1: Volume 2 of 2 is read.', 'b-1: Volume 2 of 2 is read.']);
});

test.run();
