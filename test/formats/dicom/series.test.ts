/** Series of DICOM files: grouped, sorted by where slices lie, cut along planes, refused where they are no volume. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findSeries } from '../../../src/formats/dicom/series.js';
import { openImage } from '../../../src/formats/formats.js';
import { sourceOf } from '../../../src/formats/source.js';
import type { Plane } from '../../../src/image/plane.js';
import { buildDicom, type Fields, openSeries, PICTURE, type SliceParts, sliceOf } from '../../fixtures/dicom.js';
import { rejection, throwsInput } from '../../support/throws.js';

/** Slices named so that their names are in another order than their positions. */
function stackAt(heights: readonly number[], parts: Partial<SliceParts> = {}) {
  return heights.map((z, k) => sliceOf(`s${9 - k}`, 100 * k, { position: [10, 20, z], ...parts }));
}

/** The first pixel of every slice. */
async function firsts(sources: ReturnType<typeof stackAt>, plane?: Plane): Promise<number[]> {
  const [image] = await openSeries(sources, plane ? { plane } : {});
  const slices = Array.from({ length: image!.header.slices }, (_, k) => image!.read(k));
  return (await Promise.all(slices)).map(({ data }) => data[0]!);
}

test('slices are sorted by where they lie, not by name', async () => {
  const sources = stackAt([3, -1, 1]);
  assert.equal(await firsts(sources), [100, 200, 0]);
  const [image] = await openSeries(sources);
  assert.equal(image!.header, {
    ...{ width: 4, height: 3, channels: 1, bits: 16, samples: 'unsigned', slices: 3 },
    ...{ spacing: [0.5, 0.25], sliceSpacing: 2, plane: 'axial', orientation: 'LPS' },
    affine: [
      [-0.25, 0, 0, -10],
      [0, -0.5, 0, -20],
      [0, 0, 2, -1],
    ],
  });
  await image!.verify();
  const { data, spacing } = await image!.read(0);
  assert.equal([data, spacing], [Uint16Array.from({ length: 12 }, (_, k) => 100 + k), [0.5, 0.25]]);
});

test('other planes are cut across the files', async () => {
  const [image] = await openSeries(stackAt([0, 1, 2]), { plane: 'coronal' });
  const { width, height, slices, spacing, sliceSpacing, orientation } = image!.header;
  assert.equal([width, height, slices, spacing, sliceSpacing, orientation], [4, 3, 3, [1, 0.25], 0.5, 'LIP']);
  // The head is above: the last file comes first.
  assert.equal([...(await image!.read(1)).data], [204, 205, 206, 207, 104, 105, 106, 107, 4, 5, 6, 7]);
  const [sagittal] = await openSeries(stackAt([0, 1, 2]), { plane: 'sagittal' });
  assert.equal([...(await sagittal!.read(3)).data], [203, 207, 211, 103, 107, 111, 3, 7, 11]);
});

test('the default is the plane of the files, even where others have smaller pixels', async () => {
  const [image] = await openSeries(stackAt([0, 0.1, 0.2]));
  assert.is(image!.header.orientation, 'LPS');
});

test('slices of a patient who lies the other way round are turned', async () => {
  // Rows to the right, columns to the front: both axes are reversed, and the normal runs to the head.
  const sources = stackAt([0, 1], { orientation: [-1, 0, 0, 0, -1, 0] });
  const [image] = await openSeries(sources);
  assert.is(image!.header.orientation, 'LPS');
  assert.equal([...(await image!.read(0)).data], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  // Rows to the back and columns to the left: the normal runs to the feet.
  const [turned] = await openSeries(stackAt([0, 1], { orientation: [0, 1, 0, 1, 0, 0] }));
  assert.equal([turned!.header.width, turned!.header.height, turned!.header.spacing], [3, 4, [0.25, 0.5]]);
  assert.equal([...(await turned!.read(0)).data], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  assert.is((await turned!.read(1)).data[0], 100);
});

test('each file has its own rescale, and all become floats where one does', async () => {
  const slope = (text: string): Fields => ({ '00281053': ['DS', text], '00281052': ['DS', '0'] });
  const sources = [
    sliceOf('a', 1, { position: [0, 0, 0], fields: slope('1') }),
    sliceOf('b', 1, { position: [0, 0, 1], fields: slope('0.5') }),
  ];
  const [image] = await openSeries(sources);
  const read = await Promise.all([image!.read(0), image!.read(1)]);
  assert.equal(
    read.map(({ data }) => [data.constructor.name, data[1]]),
    [
      ['Float32Array', 2],
      ['Float32Array', 1],
    ],
  );
  const [coronal] = await openSeries(sources, { plane: 'coronal' });
  assert.equal([...(await coronal!.read(0)).data], [0.5, 1, 1.5, 2, 1, 2, 3, 4]);
});

test('different series are different images, and a single file is a picture', async () => {
  const sources = [...stackAt([0, 1]), sliceOf('a', 7, { position: [0, 0, 0], series: '1.2.4' })];
  const series = await findSeries(sources);
  assert.equal(
    series.map(({ name, files }) => [name, files]),
    [
      ['a', ['a']],
      ['s8 (a series of 2 files)', ['s8', 's9']],
    ],
  );
  assert.is(series[0]!.open().header.slices, 1);
});

test('files that are no images are told of and left out, or refuse the folder', async () => {
  const sources = [...stackAt([0, 1]), sourceOf(buildDicom({ fields: PICTURE }), 'report')];
  const message = 'report: not an image: it has no pixels; give it files that hold images';
  assert.is(await rejection(findSeries(sources)), message);
  const faults: string[] = [];
  const series = await findSeries(sources, (fault) => faults.push(fault.message));
  assert.equal([series.length, faults], [1, [message]]);
});

test('gaps are said, and keep other planes from being cut', async () => {
  const sources = stackAt([0, 1, 2, 4, 5]);
  const [image] = await openSeries(sources);
  assert.equal(image!.header.remarks, [
    'Its slices are 1 to 2 mm apart (2 mm after slice 3, 1 mm mostly), so that it is no volume.',
  ]);
  assert.is(image!.header.sliceSpacing, undefined);
  assert.equal(await firsts(sources), [0, 100, 200, 300, 400]);
  assert.is(
    await rejection(openSeries(sources, { plane: 'coronal' })),
    's5 (a series of 5 files): cannot be cut into coronal slices: its slices are 1 to 2 mm apart ' +
      '(2 mm after slice 3, 1 mm mostly), so that it is no volume; read axial ones',
  );
  // Positions that are rounded are no gaps.
  assert.is((await openSeries(stackAt([0, 0.62, 1.25, 1.87])))[0]!.header.remarks, undefined);
});

test('a tilted gantry is said, and slices are read in their own plane', async () => {
  const sources = [0, 1, 2].map((k) => sliceOf(`t${k}`, 100 * k, { position: [0, k, 2 * k] }));
  const [image] = await openSeries(sources);
  assert.equal(image!.header.remarks, [
    'Its slices are stacked 26.6 degrees off their normal (gantry tilt): they are read in their own plane.',
  ]);
  assert.equal(await firsts(sources), [0, 100, 200]);
  assert.match(await rejection(openSeries(sources, { plane: 'sagittal' })), /26\.6 degrees .*; read axial ones$/);
});

test('what is no stack is refused with the numbers', async () => {
  const others = [[1, 0, 0, 0, 1, 0] as const, [0, 1, 0, 0, 0, -1] as const].map((orientation, k) => {
    return sliceOf(`o${k}`, k, { position: [0, 0, k], orientation });
  });
  assert.is(
    await rejection(openSeries(others)),
    'o0 (a series of 2 files): not a volume: its 2 slices have 2 orientations (a localiser?); read its files one by one',
  );
  const twice = [...stackAt([0, 1]), sliceOf('z', 7, { position: [10, 20, 1] })];
  assert.is(
    await rejection(openSeries(twice)),
    's8 (a series of 3 files): not a volume: its 3 slices lie at 2 positions, 1 to 2 at each; read its files one by one',
  );
  const sizes = [...stackAt([0]), sliceOf('z', 7, { position: [10, 20, 1], fields: { '00280010': ['US', [2]] } })];
  assert.is(
    await rejection(openSeries(sizes)),
    's9 (a series of 2 files): not a volume: s9 is 4x3x1 of 16-bit unsigned grey, z is 4x2x1 of 16-bit unsigned grey; ' +
      'read its files one by one',
  );
  const nowhere = stackAt([0, 1], { fields: { '00200032': ['DS', ''] } });
  assert.is(
    await rejection(openSeries(nowhere)),
    's8 (a series of 2 files): not a volume: 2 of 2 slices do not say where they lie; read its files one by one',
  );
});

test('several volumes at the same positions are chosen by number, in the order of instances', async () => {
  const sources = [0, 1, 2, 3].map((k) => {
    return sliceOf(`v${k}`, 100 * k, { position: [0, 0, k >> 1], instance: 9 - k });
  });
  const [series] = await findSeries(sources);
  const name = 'v0 (a series of 4 files)';
  throwsInput(
    () => series!.open(),
    `${name}: holds 2 volumes of 2 slices (each position occurs 2 times); choose one by its number, 1 to 2`,
  );
  throwsInput(() => series!.open({ volume: 3 }), `${name}: has 2 volumes, got volume 3; choose one that is there`);
  const second = series!.open({ volume: 2 });
  assert.equal([(await second.read(0)).data[0], (await second.read(1)).data[0]], [0, 200]);
});

test('frames of an enhanced file are sorted, each by its own values', async () => {
  const frame = (z: number, slope: number): Fields => ({
    '00209113': ['SQ', [{ '00200032': ['DS', `0\\0\\${z}`] }]],
    '00289145': ['SQ', [{ '00281052': ['DS', '0'], '00281053': ['DS', String(slope)] }]],
  });
  const shared: Fields = {
    '00209116': ['SQ', [{ '00200037': ['DS', '1\\0\\0\\0\\1\\0'] }]],
    '00289110': ['SQ', [{ '00280030': ['DS', '2\\3'], '00180050': ['DS', '9'] }]],
  };
  const fields: Fields = {
    ...PICTURE,
    '00280008': ['IS', '2'],
    '52009229': ['SQ', [shared]],
    '52009230': ['SQ', [frame(5, 1), frame(4, 2)]],
    '7fe00010': ['OW', Array.from({ length: 24 }, (_, k) => k)],
  };
  const opened = await openImage(sourceOf(buildDicom({ fields }), 'enhanced.dcm'));
  assert.equal([opened.header.slices, opened.header.sliceSpacing, opened.header.spacing], [2, 1, [2, 3]]);
  assert.equal([(await opened.read(0)).data[1], (await opened.read(1)).data[1]], [26, 1]);
});

test('a picture that lies in one plane is not cut along another', async () => {
  const source = sliceOf('a.dcm', 0, { position: [0, 0, 0] });
  assert.is((await openImage(source, { plane: 'axial' })).header.slices, 1);
  assert.is(
    await rejection(openImage(source, { plane: 'coronal' })),
    'a.dcm: cannot be cut into coronal slices: it holds one slice, which is axial; leave the plane out',
  );
});

test.run();
