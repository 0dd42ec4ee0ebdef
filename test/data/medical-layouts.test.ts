/** Data folders as scans come in: nnU-Net's and the Decathlon's, masks beside their images, channels in files of their own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { maskedName } from '../../src/data/folder/beside.js';
import { parseAbout } from '../../src/data/folder/decathlon.js';
import { readDataFolder } from '../../src/data/folder/folder.js';
import type { DatasetOptions } from '../../src/data/folder/read-dataset.js';
import { encodeNpy } from '../../src/formats/npy.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { openDataset } from '../../src/platform/node/data.js';
import { nodeFiles } from '../../src/platform/node/files/node-files.js';
import { buildNifti, sformOf, zipped } from '../fixtures/nifti.js';
import { put, suiteInFolder } from '../support/cli/cli.js';
import { rejection, throwsInput } from '../support/throws.js';

const test = suiteInFolder('medical data folders');

/** 2x1, grey. */
const png = (...values: number[]) =>
  encodePng({ width: 2, height: values.length / 2, channels: 1, data: Uint8Array.from(values) });
const open = (dir: string, options: Partial<DatasetOptions> = {}) => openDataset(dir, { size: 2, seed: 1, ...options });
const refusal = async (dir: string) => (await rejection(open(dir))).replaceAll(dir, 'DIR');
const pixels = async (dir: string, name: string, options: Partial<DatasetOptions> = {}) => {
  const { image, mask } = await (await open(dir, options)).records.get(name)!.read();
  return [[...image.data], [...mask.data]];
};

const ABOUT = '{"channel_names": {"0": "T1", "1": "T2"}, "labels": {"background": 0, "core": 1, "rim": 2}}';

function putNnunet(dir: string): void {
  put(dir, 'dataset.json', ABOUT);
  for (const [k, name] of ['a', 'b'].entries()) {
    put(dir, `imagesTr/${name}_0000.png`, png(10 + k, 11));
    put(dir, `imagesTr/${name}_0001.png`, png(20 + k, 21));
    put(dir, `labelsTr/${name}.png`, png(k, 2));
  }
}

test('nnU-Net: files NAME_0000 and NAME_0001 are channels of one image, dataset.json names the classes', async ({
  dir,
}) => {
  putNnunet(dir);
  const dataset = await open(dir);
  assert.equal([dataset.channels, dataset.classNames, [...dataset.records.keys()]], [2, ['core', 'rim'], ['a', 'b']]);
  assert.equal(await pixels(dir, 'b'), [
    [11, 21, 11, 21],
    [1, 2],
  ]);
  assert.equal((await dataset.load('a')).image.channels, 2);
});

test('nnU-Net: what is missing, and channels of different sizes', async ({ dir }) => {
  putNnunet(dir);
  put(dir, 'imagesTr/c_0000.png', png(1, 2));
  put(dir, 'imagesTr/c_0001.png', png(1, 2));
  assert.is(await refusal(dir), 'DIR/imagesTr/c_0000.png has no labels: expected DIR/labelsTr/c.nii.gz');
  put(dir, 'imagesTr/c_0001.png', png(1, 2, 3, 4));
  put(dir, 'labelsTr/c.png', png(0, 1));
  const sizes = 'DIR/imagesTr/c_0000.png is 2x1, DIR/imagesTr/c_0001.png is 2x2';
  assert.is(await refusal(dir), `${sizes}; channels of one image must have the same size`);
});

test('nnU-Net: a case that lacks the file of a channel, which check tells with all others', async ({ dir }) => {
  putNnunet(dir);
  rmSync(join(dir, 'imagesTr/b_0001.png'));
  put(dir, 'imagesTr/c_0001.png', png(1, 2));
  const lacks = (path: string, name: string) =>
    `DIR/imagesTr/${path}.png: there is no such file; images here have 2 channels, ${name}_0000 to ${name}_0001, and ${name} has 1; add it`;
  assert.is(await refusal(dir), `${lacks('b_0001', 'b')} (and 1 more without a file of a channel)`);
  const faults: string[] = [];
  const { records } = await readDataFolder(nodeFiles, dir, { onFaults: (found) => faults.push(...found) });
  assert.equal(
    faults.map((fault) => fault.replaceAll(dir, 'DIR')),
    [lacks('b_0001', 'b'), lacks('c_0000', 'c')],
  );
  assert.equal([...records.keys()], ['a']);
});

test('the Decathlon: names that end in four digits are no channels where labels have them, too', async ({ dir }) => {
  put(dir, 'dataset.json', '{"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "atrium"}}');
  for (const name of ['la_0003', 'la_0004', 'la_0007']) {
    put(dir, `imagesTr/${name}.png`, png(1, 2));
    put(dir, `labelsTr/${name}.png`, png(0, 1));
  }
  assert.equal([...(await open(dir)).records.keys()], ['la_0003', 'la_0004', 'la_0007']);
});

test('dataset.json: the labels of the Decathlon and of nnU-Net, and what are none', () => {
  const decathlon = '{"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "atrium"}}';
  assert.equal(parseAbout(decathlon, 'f'), { channels: 1, classNames: ['atrium'] });
  assert.equal(parseAbout(ABOUT, 'f'), { channels: 2, classNames: ['core', 'rim'] });
  const advice = 'f: labels must be 0 for the background and 1, 2, … for the classes, found';
  throwsInput(
    () => parseAbout('{"labels": {"background": 0, "a": 2}}', 'f'),
    `${advice} {"background":0,"a":2}; renumber them`,
  );
  throwsInput(() => parseAbout('[]', 'f'), `${advice} nothing; renumber them`);
  throwsInput(
    () => parseAbout('{"labels": {"0": "x", "1": "a", "2": "a"}}', 'f'),
    'f: two labels have the same name; rename one',
  );
});

test('masks beside images, in one folder and in one for each case, of other formats too', async ({ dir }) => {
  put(dir, 'a.png', png(1, 2));
  put(dir, 'a_mask.npy', encodeNpy([1, 2], Uint8Array.of(0, 1)));
  put(dir, 'b/b-t1.png', png(3, 4));
  put(dir, 'b/b-Seg.png', png(255, 0));
  put(dir, 'readme.txt', 'x');
  assert.is(await refusal(dir), 'b has the channels b-t1, and a has a; give all cases the same ones');
  put(dir, 'b/b.png', png(3, 4));
  assert.is(
    await refusal(dir),
    'DIR/b/b-t1.png has no mask: expected b-t1_mask beside it, with the ending of an image',
  );
});

test('a case of several images: they are its channels, in the order of their names', async ({ dir }) => {
  for (const [k, name] of ['p1', 'p2'].entries()) {
    put(dir, `${name}/${name}_t2.png`, png(5 + k, 6));
    put(dir, `${name}/${name}_flair.png`, png(7 + k, 8));
    put(dir, `${name}/${name}_seg.png`, png(0, 255));
  }
  const { channels, classNames } = await open(dir);
  assert.equal([channels, classNames], [2, ['foreground']]);
  assert.equal(await pixels(dir, 'p2'), [
    [8, 6, 8, 6],
    [0, 1],
  ]);
});

test('names of masks', () => {
  const names = ['a_mask', 'b-seg', 'c_GT', 'mask', 'd_masks', 'e_mask_2', 'f_label'];
  assert.equal(names.map(maskedName), ['a', 'b', 'c', undefined, undefined, undefined, 'f']);
});

test('pairs: NAME_mask in masks/ is the mask of NAME, whatever the formats', async ({ dir }) => {
  put(dir, 'images/a.npy', encodeNpy([1, 2], Uint16Array.of(500, 600)));
  put(dir, 'images/b.png', png(1, 2));
  put(dir, 'masks/a_mask.png', png(0, 255));
  put(dir, 'masks/b.png', png(255, 0));
  assert.equal(await pixels(dir, 'a'), [
    [500, 600],
    [0, 1],
  ]);
});

test('numbered objects are refused as a mask, and read as foreground where that is asked for', async ({ dir }) => {
  for (const name of ['a', 'b']) {
    put(dir, `images/${name}.png`, png(1, name.charCodeAt(0)));
    put(dir, `masks/${name}.png`, png(0, 77));
  }
  const found = 'found 2: 0, 77; threshold it first, or where it numbers objects read it with --instances';
  const refused = await rejection((await open(dir)).load('a'));
  assert.ok(refused.endsWith(`a mask must hold two values (0 and 255, or 0 and 1), ${found}`), refused);
  assert.equal((await pixels(dir, 'a', { instances: true }))[1], [0, 1]);
});

test('values far from 0 and 1 are not taken as they are; a window of them is', async ({ dir }) => {
  for (const [k, name] of ['a', 'b'].entries()) {
    put(dir, `images/${name}.npy`, encodeNpy([1, 2], Float32Array.of(-1000, 240 + k)));
    put(dir, `masks/${name}.png`, png(0, 255));
  }
  assert.is(
    await rejection((await open(dir)).load('a')),
    'a: holds values from -1000 to 240, which normalisation range takes as they are; choose percentile, zscore or window:CENTRE,WIDTH with --normalise',
  );
  const dataset = await open(dir, { normalisation: 'window:40,800' });
  assert.equal([...(await dataset.load('a')).image.data].slice(0, 2), [0, 0.75]);
  assert.is(dataset.sampler.preprocessing.normalisation, 'window:40,800');
});

test('a volume of a NIfTI file and its mask: slices of one patient, of the volume that is asked for', async ({
  dir,
}) => {
  const sform = sformOf([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 5, 0],
  ]);
  for (const name of ['a', 'b']) {
    const data = Array.from({ length: 36 }, (_, k) => k + name.charCodeAt(0));
    put(dir, `images/${name}.nii.gz`, zipped(buildNifti({ shape: [2, 3, 3, 2], type: 'int16', data, sform })));
    const mask = Array.from({ length: 18 }, (_, k) => Number(k > 9));
    put(dir, `masks/${name}.nii`, buildNifti({ shape: [2, 3, 3], type: 'uint8', data: mask, sform }));
  }
  assert.match(await refusal(dir), /^DIR\/images\/a\.nii\.gz: holds 2 volumes, .*; name it, volume 1 to 2/);
  const dataset = await open(dir, { volume: 2, normalisation: 'zscore' });
  assert.equal([...dataset.records.keys()], ['a-1', 'a-2', 'a-3', 'b-1', 'b-2', 'b-3']);
  const { patient, plane, width, height } = dataset.records.get('b-2')!;
  assert.equal([patient, plane, width, height], ['b', 'axial', 2, 3]);
  // Columns run to the left and rows to the back: both are reversed in a file whose axes run to the right and the front.
  assert.equal(await pixels(dir, 'a-1', { volume: 2 }), [
    [5, 4, 3, 2, 1, 0].map((k) => 18 + k + 97),
    [0, 0, 0, 0, 0, 0],
  ]);
  assert.is(dataset.sampler.preprocessing.plane, 'axial');
});

test.run();
