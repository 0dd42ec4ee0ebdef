/** DICOM segmentations as masks: their frames are put onto the slices of the image, whoever wrote them in whatever order. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenedImage } from '../../../src/formats/format.js';
import { openImage } from '../../../src/formats/formats.js';
import { sourceOf } from '../../../src/formats/source.js';
import type { Image } from '../../../src/image/image.js';
import type { Plane } from '../../../src/image/plane.js';
import { buildDicom, type Fields, openSeries, PICTURE, pictureOf, sliceOf } from '../../fixtures/dicom.js';
import { rejection, throwsInput } from '../../support/throws.js';

const NAME = 's0 (a series of 3 files)';

/** Slices at the heights 0, 1 and 2 mm, with the identifiers 1.2.3.4.1, 1.2.3.4.101 and 1.2.3.4.201. */
async function series(plane?: Plane): Promise<OpenedImage> {
  const sources = [2, 0, 1].map((z) => sliceOf(`s${z}`, 100 * z, { position: [10, 20, z] }));
  return (await openSeries(sources, plane ? { plane } : {}))[0]!;
}

/** A frame of a segmentation, 4 x 3 pixels of which some are set. */
interface FrameParts {
  readonly segment?: number;
  readonly z?: number;
  readonly row?: string;
  readonly refersTo?: string;
  /** Its pixels: the numbers of those that are set, or in a label map their labels. */
  readonly pixels: readonly number[];
}

const groupsOf = ({ segment, z, row = '1\\0\\0', refersTo }: FrameParts): Fields => ({
  ...(segment !== undefined && { '0062000a': ['SQ', [{ '0062000b': ['US', [segment]] }]] }),
  ...(z !== undefined && {
    '00209113': ['SQ', [{ '00200032': ['DS', `10\\20\\${z}`] }]],
    '00209116': ['SQ', [{ '00200037': ['DS', `${row}\\0\\1\\0`] }]],
  }),
  ...(refersTo !== undefined && {
    '00089124': ['SQ', [{ '00082112': ['SQ', [{ '00081155': ['UI', refersTo] }]] }]],
  }),
});

const segment = (number: number, label: string): Fields => ({
  '00620004': ['US', [number]],
  '00620005': ['LO', label],
});

function segmentation(frames: readonly FrameParts[], more: Fields = {}): Promise<OpenedImage> {
  const bits = new Uint8Array(2 * Math.ceil((frames.length * 12) / 16));
  frames.forEach(({ pixels }, k) => {
    for (const pixel of pixels) bits[(12 * k + pixel) >> 3]! |= 1 << ((12 * k + pixel) & 7);
  });
  const fields: Fields = {
    ...PICTURE,
    '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.66.4'],
    '00280008': ['IS', String(frames.length)],
    '00280100': ['US', [1]],
    '00280101': ['US', [1]],
    '00280102': ['US', [0]],
    '00620001': ['CS', 'BINARY'],
    '00620002': ['SQ', [segment(1, 'liver'), segment(2, 'tumour')]],
    '52009230': ['SQ', frames.map(groupsOf)],
    '7fe00010': ['OB', bits],
    ...more,
  };
  return openImage(sourceOf(buildDicom({ fields }), 'seg.dcm'));
}

const valuesOf = async (mask: OpenedImage) =>
  Promise.all(Array.from({ length: mask.header.slices }, async (_, z) => [...(await mask.read(z)).data]));
const set = (labels: Readonly<Record<number, number>>) => Array.from({ length: 12 }, (_, i) => labels[i] ?? 0);

for (const plane of [undefined, 'coronal', 'sagittal'] as const) {
  test(`what was written comes back, ${plane ?? 'as it lies'}`, async () => {
    const image = await series(plane);
    const { width, height, slices } = image.header;
    const labels = Array.from({ length: slices }, (_, z): Image => {
      const data = Uint8Array.from({ length: width * height }, (_, i) => (z === 1 ? 0 : (i + z) % 3));
      return { width, height, channels: 1, data };
    });
    const bytes = await image.results!.encode(labels, { classNames: ['liver', 'Tumör'], mark: 'unetpp mask' });
    const opened = await openImage(sourceOf(bytes, 'seg.dcm'));
    assert.equal(
      [...opened.segments!.names],
      [
        [1, 'liver'],
        [2, 'Tumör'],
      ],
    );
    const mask = image.labels!(opened);
    assert.equal(
      await valuesOf(mask),
      labels.map(({ data }) => [...data]),
    );
    assert.equal([mask.header.width, mask.header.height, mask.header.slices], [width, height, slices]);
    const { data } = await mask.read(0, { left: 1, top: 0, width: 2, height: 1 });
    assert.equal([...data], [...labels[0]!.data.subarray(1, 3)]);
  });
}

test('two segments in scrambled frames, some of them left out, by reference and by position', async () => {
  const mask = await segmentation([
    { segment: 2, refersTo: '1.2.3.4.201', pixels: [4, 5] },
    { segment: 1, z: 0.0004, refersTo: '9.9', pixels: [11] },
    { segment: 1, z: 2, refersTo: '1.2.3.4.201', pixels: [3, 4] },
    { segment: 2, z: 0, pixels: [0] },
  ]);
  assert.equal(
    [...mask.segments!.names],
    [
      [1, 'liver'],
      [2, 'tumour'],
    ],
  );
  // Where both lie, the higher number has the pixel, whichever comes first.
  const slices = [set({ 0: 2, 11: 1 }), set({}), set({ 3: 1, 4: 2, 5: 2 })];
  assert.equal(await valuesOf((await series()).labels!(mask)), slices);
  assert.equal(await valuesOf(mask), [set({ 4: 2, 5: 2 }), set({ 11: 1 }), set({ 3: 1, 4: 1 }), set({ 0: 2 })]);
});

test('a label map holds the numbers themselves, and a segment may be named for all frames at once', async () => {
  const pixels = [set({ 1: 2, 2: 1 }), set({ 7: 1 })].flat();
  const map: Fields = {
    '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.66.7'],
    ...{ '00280100': ['US', [8]], '00280101': ['US', [8]], '00280102': ['US', [7]] },
    '00620001': ['CS', 'LABELMAP'],
    '7fe00010': ['OB', Uint8Array.from(pixels)],
  };
  const frames = [
    { z: 1, pixels: [] },
    { z: 0, pixels: [] },
  ];
  const mask = await segmentation(frames, map);
  assert.equal(await valuesOf((await series()).labels!(mask)), [set({ 7: 1 }), set({ 1: 2, 2: 1 }), set({})]);
  const shared: Fields = { '52009229': ['SQ', [{ '0062000a': ['SQ', [{ '0062000b': ['US', [2]] }]] }]] };
  const one = await segmentation([{ z: 1, pixels: [6] }], shared);
  assert.equal(await valuesOf((await series()).labels!(one)), [set({}), set({ 6: 2 }), set({})]);
});

test('segmentations that are none of classes, and of other images, are refused', async () => {
  assert.is(
    await rejection(segmentation([{ segment: 1, pixels: [] }], { '00620001': ['CS', 'FRACTIONAL'] })),
    'seg.dcm: a DICOM segmentation of type "FRACTIONAL", expected BINARY or LABELMAP; threshold it, and save it as BINARY',
  );
  const numbers = 'expected a number from 1 to 255; renumber the segments';
  assert.is(await rejection(segmentation([{ pixels: [] }])), `seg.dcm: frame 1 is of no segment, ${numbers}`);
  assert.is(
    await rejection(segmentation([{ segment: 256, pixels: [] }])),
    `seg.dcm: frame 1 is of segment 256, ${numbers}`,
  );
  const image = await series();
  const refused = async (frame: Omit<FrameParts, 'pixels'>, message: string) => {
    const mask = await segmentation([{ segment: 1, pixels: [], ...frame }]);
    throwsInput(() => image.labels!(mask), `seg.dcm: ${message}`);
  };
  const other = `frame 1 refers to no slice of ${NAME}, and lies on none; give the segmentation of this image`;
  await refused({}, other);
  await refused({ refersTo: '1.2.3.4.2', z: 0.5 }, other);
  await refused({ z: 1, row: '-1\\0\\0' }, other);
  const elsewhere = `frame 1 lies elsewhere than slice 2 of ${NAME}, to which it refers`;
  await refused({ refersTo: '1.2.3.4.101', z: 2 }, `${elsewhere}; resample it to the pixels of the image`);
  const picture = await openImage(pictureOf(['OW', Array(20).fill(1)], { '00280010': ['US', [5]] }));
  const mask = await segmentation([{ segment: 1, pixels: [] }]);
  throwsInput(
    () => picture.labels!(mask),
    'seg.dcm: its frames are 4x3, those of scan.dcm 4x5; a segmentation must have the size of its image',
  );
});

test.run();
