/** `convert --format`: folders that are written have the same images, masks, patients and split as those they are of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type DataFolder, readDataFolder } from '../../../src/data/folder/folder.js';
import type { ReadingOptions } from '../../../src/data/folder/format.js';
import { encodeTiff } from '../../../src/formats/tiff/write.js';
import { encodePng, openImage, sourceOf } from '../../../src/index.js';
import { nodeFiles } from '../../../src/platform/node/files/node-files.js';
import { buildNifti, sformOf } from '../../fixtures/nifti.js';
import { json, listing, put, refused, suiteInFolder, TINY, unetppAlone } from '../../support/cli/cli.js';

const test = suiteInFolder('cli convert');

const count = (length: number) => Array.from({ length }, (_, k) => k);
const [WIDTH, HEIGHT, SLICES] = [12, 10, 3];
const CASES = ['a', 'b', 'c'];

/** The values of a case: slice after slice, row after row. */
const valuesOf = (name: string, low: number) =>
  count(WIDTH * HEIGHT * SLICES).map((k) => low + ((k * 37 + 101 * name.charCodeAt(0)) % 900));
/** Two classes. */
const labels = count(WIDTH * HEIGHT * SLICES).map((k) => (k % WIDTH < 6 ? 0 : 1 + (Math.floor(k / 40) % 2)));
const pages = (values: readonly number[], type: typeof Uint8Array | typeof Uint16Array) =>
  count(SLICES).map((z) => {
    const data = type.from(values.slice(z * WIDTH * HEIGHT, (z + 1) * WIDTH * HEIGHT));
    return { image: { width: WIDTH, height: HEIGHT, channels: 1, data } };
  });

/** Three stacks of 16 bits, one of them of another patient than its name says. */
function putStacks(dir: string): void {
  for (const name of CASES) {
    put(dir, `data/images/${name}.tif`, encodeTiff(pages(valuesOf(name, 0), Uint16Array), {}, name));
    put(dir, `data/masks/${name}.tif`, encodeTiff(pages(labels, Uint8Array), {}, name));
  }
  put(dir, 'data/classes.json', '["core", "edema"]');
  const names = CASES.flatMap((name) => count(SLICES).map((z) => `${name}-${z + 1}`));
  const origins = names.map((name) => [name, { patient: name < 'c' ? name[0] : 'a' }]);
  put(dir, 'data/patients.json', JSON.stringify(Object.fromEntries(origins)));
  put(
    dir,
    'data/split.json',
    JSON.stringify({ train: [...names.slice(0, 3), ...names.slice(6)], validation: names.slice(3, 6) }),
  );
}

const SFORM = sformOf([
  [0.5, 0, 0, -9],
  [0, 0.75, 0, 7],
  [0, 0, 3, 1],
]);

/** Three volumes of signed numbers in NIfTI. */
function putVolumes(dir: string): void {
  const shape = [WIDTH, HEIGHT, SLICES];
  for (const name of CASES) {
    const data = valuesOf(name, -500);
    put(dir, `data/images/${name}.nii`, buildNifti({ shape, type: 'int16', data, sform: SFORM }));
    put(dir, `data/masks/${name}.nii`, buildNifti({ shape, type: 'uint8', data: labels, sform: SFORM }));
  }
}

/** All that a training sees of a folder. */
async function contentOf(dir: string, reading: ReadingOptions = {}) {
  const folder: DataFolder = await readDataFolder(nodeFiles, dir, reading);
  const images = [];
  for (const { name, patient, label, read } of folder.records.values()) {
    const { image, mask } = await read();
    const { width, height, channels, data } = image;
    images.push({ name, patient, label, width, height, channels, values: [...data], mask: [...mask.data] });
  }
  return { classNames: folder.classNames, split: await folder.split(1), images };
}

const convert = (format: string, ...more: string[]) => [
  ...['convert', '--data', 'data', '--format', format, '--out', format],
  ...more,
];

test('stacks of 16 bits in every format: the same values, masks, patients and split', async ({ dir }) => {
  putStacks(dir);
  const original = await contentOf(join(dir, 'data'));
  assert.is(original.images.length, 9);
  for (const [format, ending, pairs] of [
    ['png', '.png', 9],
    ['npy', '.npy', 9],
    ['tiff', '.tif', 3],
    ['nifti', '.nii.gz', 3],
  ] as const) {
    const result = json(dir, convert(format));
    assert.equal(result, { out: format, images: 9, patients: 2, bits: [16], range: [0, 899] });
    const found = listing(join(dir, format)).filter((file) => file.startsWith('masks/'));
    assert.equal([found.length, found[0]], [pairs, `masks/${pairs === 3 ? 'a' : 'a-1'}${ending}`]);
    assert.equal(await contentOf(join(dir, format)), original, format);
    assert.is(json(dir, ['check', '--data', format]).images, 9);
  }
});

test('volumes of signed numbers keep their values, distances and place, and train to the same weights', async ({
  dir,
}) => {
  putVolumes(dir);
  const train = (data: string) =>
    json(dir, ['train', '--data', data, '--out', `run-${data}`, ...TINY, '--epochs', '1', '--normalise', 'zscore']);
  const original = await contentOf(join(dir, 'data'));
  const { weightsSha256 } = train('data');
  for (const format of ['npy', 'tiff', 'nifti']) {
    assert.equal(json(dir, convert(format)).range, [-500, 399]);
    assert.equal((await contentOf(join(dir, format))).images, original.images, format);
    assert.is(train(format).weightsSha256, weightsSha256);
  }
  const headers = await Promise.all(
    ['data/images/a.nii', 'nifti/images/a.nii.gz', 'nifti/masks/a.nii.gz'].map(async (path) => {
      return (await openImage(sourceOf(readFileSync(join(dir, path)), path))).header;
    }),
  );
  for (const { affine, plane } of headers) assert.equal([affine, plane], [headers[0]!.affine, 'axial']);
  const { header } = await openImage(sourceOf(readFileSync(join(dir, 'tiff/images/a.tif')), 'a.tif'));
  assert.equal([header.sliceSpacing, header.samples, header.bits], [3, 'float', 32]);
});

test('pictures beside volumes, of which no patient is known, stand for themselves', async ({ dir }) => {
  putVolumes(dir);
  put(dir, 'data/images/d.png', encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(9) }));
  put(dir, 'data/masks/d.png', encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16) }));
  const { split, images } = await contentOf(join(dir, 'data'));
  assert.equal([images.length, images[9]!.patient], [10, undefined]);
  for (const format of ['npy', 'nifti']) {
    assert.is(json(dir, convert(format)).patients, 3);
    const converted = await contentOf(join(dir, format));
    assert.equal(converted.split, split, format);
    assert.equal(converted.images[9], { ...images[9]!, patient: 'd' });
  }
});

test('volumes that were cut along another plane than by default say which one', async ({ dir }) => {
  putVolumes(dir);
  const { code, stdout } = unetppAlone(dir, [...convert('nifti', '--plane', 'coronal'), '--quiet']);
  assert.equal([code, stdout.split('\n')[2]], [0, 'volumes of coronal slices: read them with --plane coronal']);
  const reading = { plane: 'coronal' } as const;
  assert.equal(
    (await contentOf(join(dir, 'nifti'), reading)).images,
    (await contentOf(join(dir, 'data'), reading)).images,
  );
});

test('what a format does not hold is refused, and nothing is left', async ({ dir }) => {
  putVolumes(dir);
  const signed = 'a-1: a PNG holds 1 or 3 channels of 8 or 16 bits, got 1 channels of Float32Array; write .npy';
  refused(dir, convert('png'), signed);
  const data = Uint8Array.from({ length: 3 * 16 }, (_, k) => k);
  for (const name of ['a', 'b']) {
    put(dir, `colours/images/${name}.png`, encodePng({ width: 4, height: 4, channels: 3, data }));
    put(dir, `colours/masks/${name}.png`, encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16) }));
  }
  const colours = ['convert', '--data', 'colours', '--out', 'out', '--format'];
  const voxel = 'a: has 3 channels, and NIfTI is written with one number a voxel; take --format tiff or npy';
  refused(dir, [...colours, 'nifti'], voxel);
  json(dir, [...colours, 'tiff']);
  assert.equal((await contentOf(join(dir, 'out'))).images, (await contentOf(join(dir, 'colours'))).images);
});

test.run();
