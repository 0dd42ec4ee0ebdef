/** DICOM segmentations: they hold the labels voxel for voxel, lie where their source lies, and are the same each time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataSet } from '../../../src/formats/dicom/dataset.js';
import { openFile } from '../../../src/formats/dicom/file.js';
import { openImage } from '../../../src/formats/formats.js';
import { sourceOf } from '../../../src/formats/source.js';
import type { Image } from '../../../src/image/image.js';
import type { Plane } from '../../../src/image/plane.js';
import { type Fields, openSeries, pictureOf, sliceOf } from '../../fixtures/dicom.js';
import { rejection, throwsInput } from '../../support/throws.js';

const ABOUT = { classNames: ['liver', 'Tumör'], mark: 'unetpp mask' };

function sources(fields: Fields = {}) {
  return [2, 0, 1].map((z) => sliceOf(`s${z}`, 100 * z, { position: [10, 20, z], fields }));
}

async function opened(plane?: Plane) {
  const [image] = await openSeries(sources(), plane ? { plane } : {});
  return image!;
}

const labels = (width: number, height: number, slices: number): Image[] =>
  Array.from({ length: slices }, (_, z) => ({
    ...{ width, height, channels: 1 },
    data: Uint8Array.from({ length: width * height }, (_, i) => (i + z) % 3),
  }));

/** The frames of a segmentation: segment, position, and the bits of its pixels. */
async function framesOf(bytes: Uint8Array) {
  const { dataset } = await openFile(sourceOf(bytes, 'seg'));
  const image = await openImage(sourceOf(bytes, 'seg'), {}).catch(() => undefined);
  return { dataset, image };
}

function nested(set: DataSet, ...tags: readonly string[]): DataSet {
  return tags.reduce((at, tag) => at.items(tag)[0]!, set);
}

/** The labels of all source slices, from the bits and what is said of each frame. */
async function volumeOf(bytes: Uint8Array): Promise<number[][]> {
  const { dataset } = await framesOf(bytes);
  const slices = [0, 1, 2].map(() => Array<number>(12).fill(0));
  const { pixels, source } = await openFile(sourceOf(bytes, 'seg'));
  const packed = await source.read(pixels.offset, pixels.length!);
  for (const [k, frame] of dataset.items('52009230').entries()) {
    const [segment] = nested(frame, '0062000a').numbers('0062000b', 'US');
    const z = nested(frame, '00209113').decimals('00200032', 'position', 3)![2]!;
    const reference = nested(frame, '00089124', '00082112').text('00081155');
    assert.is(reference, `1.2.3.4.${100 * z + 1}`);
    assert.equal(nested(frame, '00209111').numbers('00209157', 'UL'), [segment, z + 1]);
    for (let i = 0; i < 12; i++) if ((packed[(12 * k + i) >> 3]! >> ((12 * k + i) & 7)) & 1) slices[z]![i] = segment!;
  }
  return slices;
}

test('labels come back voxel for voxel, whatever plane they were made in', async () => {
  const axial = labels(4, 3, 3);
  const bytes = await (await opened()).results!.encode(axial, ABOUT);
  assert.equal(
    await volumeOf(bytes),
    axial.map(({ data }) => [...data]),
  );
  const coronal = await opened('coronal');
  const cut = Array.from({ length: 3 }, (_, y): Image => {
    const data = Uint8Array.from({ length: 12 }, (_, i) => axial[2 - Math.floor(i / 4)]!.data[4 * y + (i % 4)]!);
    return { width: 4, height: 3, channels: 1, data };
  });
  assert.equal(await coronal.results!.encode(cut, ABOUT), bytes);
});

test('labels of a picture that is shown turned come back to the pixels of its file', async () => {
  const source = sliceOf('s0', 0, { position: [10, 20, 0], orientation: [-1, 0, 0, 0, -1, 0] });
  const picture = await openImage(source);
  const { data } = await picture.read(0);
  assert.equal(
    [...data],
    Array.from({ length: 12 }, (_, k) => 11 - k),
  );
  // Where a value is above 5, which are the last pixels of the file.
  const mask = { width: 4, height: 3, channels: 1, data: Uint8Array.from(data, (value) => Number(value > 5)) };
  const bytes = await picture.results!.encode([mask], ABOUT);
  const { pixels, source: file } = await openFile(sourceOf(bytes, 'seg'));
  assert.equal([...(await file.read(pixels.offset, 2))], [0b11000000, 0b1111]);
  const labels = picture.labels!(await openImage(sourceOf(bytes, 'seg')));
  assert.equal((await labels.read(0)).data, mask.data);
});

test('it names its classes, its patient, its frame of reference and its source', async () => {
  const bytes = await (await opened()).results!.encode(labels(4, 3, 3), ABOUT);
  const { dataset } = await framesOf(bytes);
  const of = (...tags: readonly string[]) => tags.map((tag) => dataset.text(tag));
  assert.equal(of('00080016', '00080060', '00100010', '00100020', '0020000d', '00200052', '00080023', '0008103e'), [
    '1.2.840.10008.5.1.4.1.1.66.4',
    'SEG',
    'Doe^Jane',
    'P7',
    '1.2.3.9',
    '1.2.3.8',
    '20200102',
    'unetpp mask',
  ]);
  assert.is.not(dataset.text('0020000e'), '1.2.3');
  assert.match(dataset.text('00080018')!, /^2\.25\.[1-9]\d{30,38}$/);
  const [, tumour] = dataset.items('00620002');
  assert.equal([...tumour!.elements.get('00620005')!.value], [...new TextEncoder().encode('Tumör')]);
  assert.is(nested(dataset, '00081115').items('0008114a').length, 3);
  assert.is(new TextDecoder('latin1').decode(bytes.subarray(0, 65536)).includes('unetpp mask'), true);
});

test('the same input gives the same bytes, and other labels other identifiers', async () => {
  const encode = async (about = ABOUT, shift = 0) => {
    const results = labels(4, 3, 3).map((image) => ({ ...image, data: image.data.map((v) => (v + shift) % 3) }));
    return (await opened()).results!.encode(results, about);
  };
  const bytes = await encode();
  assert.equal(await encode(), bytes);
  const uid = async (file: Uint8Array) => (await framesOf(file)).dataset.text('00080018');
  const uids = [bytes, await encode(ABOUT, 1), await encode({ ...ABOUT, mark: 'other' })].map(uid);
  assert.is(new Set(await Promise.all(uids)).size, 3);
});

test('classes that occur nowhere have no frames; a file without any has one', async () => {
  const empty = labels(4, 3, 3).map((image) => ({ ...image, data: new Uint8Array(12) }));
  const bytes = await (await opened()).results!.encode(empty, ABOUT);
  assert.equal(
    await volumeOf(bytes),
    [0, 1, 2].map(() => Array(12).fill(0)),
  );
  assert.is((await framesOf(bytes)).dataset.text('00280008'), '1');
});

test('probabilities, other sizes and labels without a class are refused', async () => {
  const image = await opened();
  const name = 's0 (a series of 3 files)';
  const encode = (results: readonly Image[]) => rejection(image.results!.encode(results, ABOUT));
  const floats = labels(4, 3, 3).map(({ data, ...size }) => ({ ...size, data: Float32Array.from(data) }));
  assert.is(
    await encode(floats),
    `${name}: a DICOM segmentation holds labels of 8 bits, got 1 channels of Float32Array; write probabilities with ` +
      '--format nifti or npy',
  );
  assert.is(await encode(labels(4, 3, 2)), `${name}: has 3 slices of 4x3, got labels of 2 of 4x3; give one each`);
  const high = labels(4, 3, 3);
  high[1]!.data[0] = 7;
  assert.is(await encode(high), `${name}: slice 2 has label 7, there are 2 classes`);
});

test('an image that does not say where it lies is refused, before there are any labels', async () => {
  const what = (lacks: string) =>
    `does not say where it lies (${lacks}), which a DICOM segmentation needs; take --format nifti or png`;
  const picture = await openImage(pictureOf(['OW', Array(12).fill(1)]));
  const all = `scan.dcm: ${what('no frame of reference, no position and orientation, no spacing of pixels')}`;
  throwsInput(() => picture.results!.check!(), all);
  assert.is(await rejection(picture.results!.encode(labels(4, 3, 1), ABOUT)), all);
  const [series] = await openSeries(sources({ '00200052': ['UI', ''] }));
  throwsInput(() => series!.results!.check!(), `s0 (a series of 3 files): ${what('no frame of reference')}`);
  (await opened()).results!.check!();
});

test.run();
