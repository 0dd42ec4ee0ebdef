/** `predict --format tiff|nifti|dicom`: masks in another format than that of their image. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel, type OpenedImage, openImage, sourceOf } from '../../../src/index.js';
import { type Fields, sliceOf } from '../../fixtures/dicom.js';
import { buildNifti, sformOf } from '../../fixtures/nifti.js';
import { disc, json, listing, put, refused, suiteInFolder } from '../../support/cli/cli.js';

const test = suiteInFolder('cli predict formats');

const putModel = (dir: string) => createModel({ filters: [3, 5] }, { seed: 5 }).save(join(dir, 'model.safetensors'));
const opened = (path: string) => openImage(sourceOf(readFileSync(path), path));
const slicesOf = async ({ header, read }: OpenedImage) =>
  Promise.all(Array.from({ length: header.slices }, async (_, z) => [...(await read(z)).data]));
const predict = (input: string, format: string, out = format) => [
  ...['predict', '--model', 'model.safetensors', '--threshold', '0.5', '--input', input],
  ...['--format', format, '--out', out],
];

/** A series of three slices, of which half is bright. */
async function putSeries(dir: string, fields: Fields = {}): Promise<void> {
  for (let k = 0; k < 3; k++) {
    const pixels = Array.from({ length: 16 * 16 }, (_, i) => (i % 16 > 4 + k ? 3000 : 100));
    const size = { '00280010': ['US', [16]], '00280011': ['US', [16]], '7fe00010': ['OW', pixels] } as const;
    const source = sliceOf(`${k}`, k, {
      position: [10, 20, 30 + 2 * k],
      instance: k + 1,
      fields: { ...size, ...fields },
    });
    put(dir, `ct/${k}.dcm`, await source.read(0, source.size));
  }
}

test('a NIfTI mask of a DICOM series lies over it, and has the labels of its DICOM segmentation', async ({ dir }) => {
  await putModel(dir);
  await putSeries(dir);
  json(dir, [...predict('ct', 'nifti'), '--save-probs']);
  assert.equal(listing(join(dir, 'nifti')), ['ct-overlay.png', 'ct-probs.nii.gz', 'ct.nii.gz']);
  const mask = await opened(join(dir, 'nifti/ct.nii.gz'));
  assert.equal(mask.header.affine, [
    [-0.25, 0, 0, -10],
    [0, -0.5, 0, -20],
    [0, 0, 2, 30],
  ]);
  json(dir, predict('ct', 'npy'));
  const [labels] = [readFileSync(join(dir, 'npy/ct-mask.npy'))];
  assert.equal((await slicesOf(mask)).flat(), [...labels.subarray(-3 * 256)]);
  json(dir, predict('ct', 'dicom'));
  json(dir, predict('ct', 'same'));
  assert.equal(readFileSync(join(dir, 'dicom/ct.dcm')), readFileSync(join(dir, 'same/ct.dcm')));
  // The mask is one of the series: the pair is a data folder.
  for (const name of ['a', 'b']) {
    for (let k = 0; k < 3; k++) put(dir, `data/images/${name}/${k}.dcm`, readFileSync(join(dir, `ct/${k}.dcm`)));
    put(dir, `data/masks/${name}.nii.gz`, readFileSync(join(dir, 'nifti/ct.nii.gz')));
  }
  assert.is(json(dir, ['check', '--data', 'data']).images, 6);
});

test('TIFF and NIfTI of pictures and volumes, each the same labels', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'in/picture.png', disc(24, 20));
  const data = Array.from({ length: 16 * 16 * 2 }, (_, k) => (k % 16 > 6 ? 200 : 30));
  const sform = sformOf([
    [1, 0, 0, 3],
    [0, 1, 0, 4],
    [0, 0, 5, 6],
  ]);
  put(dir, 'in/volume.nii', buildNifti({ shape: [16, 16, 2], type: 'uint8', data, sform }));
  for (const format of ['same', 'tiff', 'nifti']) json(dir, predict('in', format));
  assert.equal(listing(join(dir, 'tiff')), ['picture-overlay.png', 'picture.tif', 'volume-overlay.png', 'volume.tif']);
  // A NIfTI file gets one with its own header.
  assert.equal(readFileSync(join(dir, 'nifti/volume.nii')), readFileSync(join(dir, 'same/volume.nii')));
  const picture = await slicesOf(await opened(join(dir, 'tiff/picture.tif')));
  assert.equal(await slicesOf(await opened(join(dir, 'nifti/picture.nii.gz'))), picture);
  const png = await slicesOf(await opened(join(dir, 'same/picture.png')));
  assert.equal(
    picture,
    png.map((values) => values.map((value) => value / 255)),
  );
  const [tiff, nifti] = await Promise.all(
    ['tiff/volume.tif', 'nifti/volume.nii'].map((path) => opened(join(dir, path))),
  );
  assert.equal(await slicesOf(tiff!), await slicesOf(nifti!));
  assert.equal([tiff!.header.spacing, tiff!.header.sliceSpacing], [[1, 1], 5]);
});

test('a DICOM segmentation of anything but DICOM is refused', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(24, 20));
  const why = 'a DICOM segmentation refers to the DICOM slices that it is of; take --format nifti or tiff';
  refused(dir, predict('scan.png', 'dicom', 'out'), `scan.png: is not DICOM, and ${why}`);
});

test('a DICOM series without a frame of reference is refused before any work, where it would get a segmentation', async ({
  dir,
}) => {
  await putModel(dir);
  await putSeries(dir, { '00200052': ['UI', ''] });
  const name = 'ct/0.dcm (a series of 3 files): does not say where it lies (no frame of reference)';
  for (const format of ['same', 'dicom']) {
    const why = 'which a DICOM segmentation needs; take --format nifti or png';
    refused(dir, predict('ct', format, 'out'), `${name}, ${why}`);
  }
  json(dir, predict('ct', 'nifti'));
  json(dir, predict('ct', 'png'));
  assert.equal(listing(join(dir, 'nifti')), ['ct-overlay.png', 'ct.nii.gz']);
  assert.is(listing(join(dir, 'png')).length, 6);
});

test.run();
