/** How the pages of a file are slices and channels, and how far apart pixels are. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenOptions } from '../../../src/formats/format.js';
import { openImage } from '../../../src/formats/formats.js';
import { sourceOf } from '../../../src/formats/source.js';
import { buildTiff, type PageSpec, type Value } from '../../fixtures/tiff.js';
import { rejection } from '../../support/throws.js';

const open = (bytes: Uint8Array, options?: OpenOptions) => openImage(sourceOf(bytes, 'a.tif'), options);

/** Pages of 4x3 whose pixels are their number; the first has the tags. */
function pages(count: number, tags: Record<number, Value> = {}, page: PageSpec = { blocks: [] }): PageSpec[] {
  return Array.from({ length: count }, (_, k) => ({
    ...page,
    blocks: [new Uint8Array(12 * (page.samples ?? 1)).fill(k)],
    ...(k === 0 && { tags: { ...tags } }),
  }));
}

/** The first pixel of every slice. */
async function firstPixels(bytes: Uint8Array, options?: OpenOptions): Promise<number[][]> {
  const opened = await open(bytes, options);
  await opened.verify();
  const { slices, channels } = opened.header;
  const images = await Promise.all(Array.from({ length: slices }, (_, k) => opened.read(k)));
  return images.map(({ data }) => [...data.subarray(0, channels)]);
}

const resolution = (x: readonly number[], y: readonly number[], unit: number) => {
  return { 282: { rational: x }, 283: { rational: y }, 296: { short: [unit] } };
};

test('pages are slices', async () => {
  assert.equal(await firstPixels(buildTiff(pages(3))), [[0], [1], [2]]);
});

test('smaller versions and masks are left out, with a remark', async () => {
  const small = { width: 2, height: 1, blocks: [new Uint8Array(2)] };
  const bytes = buildTiff([
    ...pages(1),
    { ...small, tags: { 254: { long: [1] } } },
    ...pages(1),
    { ...small, tags: { 254: { long: [4] } } },
  ]);
  assert.equal((await open(bytes)).header, {
    width: 4,
    height: 3,
    channels: 1,
    bits: 8,
    samples: 'unsigned',
    slices: 2,
    remarks: ['2 smaller versions or masks of the image are left out.'],
  });
});

test('pages of several sizes or kinds are refused', async () => {
  const first = 'page 1 is 4x3x1 of 8-bit unsigned (grey)';
  const end = 'expected pages of one size and kind; save the one that is meant alone';
  assert.is(
    await rejection(open(buildTiff([...pages(2), { width: 3, height: 4, blocks: [new Uint8Array(12)] }]))),
    `a.tif: page 3 is 3x4x1 of 8-bit unsigned (grey), ${first}; ${end}`,
  );
  assert.is(
    await rejection(open(buildTiff([...pages(1), { bits: 16, blocks: [new Uint8Array(24)] }]))),
    `a.tif: page 2 is 4x3x1 of 16-bit unsigned (grey), ${first}; ${end}`,
  );
});

test('resolutions of microscopes are sizes of pixels, those of cameras and printers are not', async () => {
  const spacing = async (tags: Record<number, Value>) => (await open(buildTiff(pages(1, tags)))).header.spacing;
  assert.equal(await spacing(resolution([20_000, 1], [10_000, 1], 3)), [0.001, 0.0005]);
  assert.equal(await spacing(resolution([25_400, 1], [50_800, 2], 2)), [0.001, 0.001]);
  for (const dots of [72, 96, 300, 600, 1200]) assert.is(await spacing(resolution([dots, 1], [dots, 1], 2)), undefined);
  assert.is(await spacing(resolution([20_000, 1], [20_000, 1], 1)), undefined);
  assert.is(await spacing(resolution([0, 0], [0, 0], 3)), undefined);
  assert.is(await spacing(resolution([0, 1], [20_000, 0], 3)), undefined);
});

test("ImageJ's hyperstack: channels, slices, frames and distances", async () => {
  const text = 'ImageJ=1.53t\nimages=12\nchannels=2\nslices=3\nframes=2\nunit=\\u00B5m\nspacing=1.5\n';
  const bytes = buildTiff(pages(12, { 270: text, ...resolution([2, 1], [4, 1], 1) }));
  assert.equal((await open(bytes)).header, {
    width: 4,
    height: 3,
    channels: 2,
    bits: 8,
    samples: 'unsigned',
    slices: 6,
    spacing: [0.00025, 0.0005],
    sliceSpacing: 0.0015,
    remarks: ['The 2 frames are read as slices, one after the other.'],
  });
  assert.equal(await firstPixels(bytes), [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
    [8, 9],
    [10, 11],
  ]);
});

test("ImageJ's units: none of pixels, and inches", async () => {
  const header = async (unit: string) => {
    const text = `ImageJ=1.53t\nimages=2\nslices=2\nspacing=2\nunit=${unit}\n`;
    return (await open(buildTiff(pages(2, { 270: text, ...resolution([254, 1], [254, 1], 1) })))).header;
  };
  assert.is((await header('pixel')).spacing, undefined);
  assert.is((await header('pixel')).sliceSpacing, undefined);
  assert.ok(Math.abs((await header('inch')).spacing![0] - 0.1) < 1e-12);
  assert.is((await header('cm')).sliceSpacing, 20);
  assert.equal((await header('\u00b5m')).spacing, [0.001 / 254, 0.001 / 254]);
});

test('a description by ImageJ that tells of other pages is not followed', async () => {
  const opened = await open(buildTiff(pages(3, { 270: 'ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\n' })));
  assert.is(opened.header.slices, 3);
  assert.equal(opened.header.remarks, [
    'ImageJ tells of 2 channels, 2 slices and 1 frames, the file holds 3 pages: each is read as a slice.',
  ]);
});

test("ImageJ's large stacks have one directory", async () => {
  const blocks = [Uint8Array.from({ length: 36 }, (_, k) => Math.floor(k / 12))];
  const tags = { 270: 'ImageJ=1.53t\nimages=3\nslices=3\n', 279: { long: [12] } };
  assert.equal(await firstPixels(buildTiff([{ blocks, tags }])), [[0], [1], [2]]);
  // Where the file does not hold them all, it is one image.
  assert.equal(
    await firstPixels(buildTiff([{ blocks, tags: { ...tags, 270: 'ImageJ=1.53t\nimages=99\nslices=99\n' } }])),
    [[0]],
  );
});

/** A description by OME of images of 4x3. */
function ome(pixels: string, inside = '', root = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?><!-- don't edit <this> --><OME xmlns="x"${root}><Image ID="Image:0"><Pixels SizeX="4" SizeY="3" ${pixels}>${inside}</Pixels></Image></OME>`;
}

test('OME: the order of the planes, and sizes in their units', async () => {
  const sizes = 'SizeC="2" SizeZ="3" SizeT="2"';
  const physical =
    'PhysicalSizeX="0.5" PhysicalSizeY="250" PhysicalSizeYUnit="nm" PhysicalSizeZ=\'2\' PhysicalSizeZUnit="&#181;m"';
  const bytes = buildTiff(pages(12, { 270: ome(`DimensionOrder="XYZCT" ${sizes} ${physical}`) }));
  const { spacing, sliceSpacing, channels, slices } = (await open(bytes)).header;
  assert.equal([spacing, sliceSpacing, channels, slices], [[250e-6, 0.0005], 0.002, 2, 6]);
  assert.equal(await firstPixels(bytes), [
    [0, 3],
    [1, 4],
    [2, 5],
    [6, 9],
    [7, 10],
    [8, 11],
  ]);
  const other = buildTiff(pages(12, { 270: ome(`DimensionOrder="XYTZC" ${sizes}`) }));
  assert.equal(await firstPixels(other), [
    [0, 6],
    [2, 8],
    [4, 10],
    [1, 7],
    [3, 9],
    [5, 11],
  ]);
  assert.is((await open(other)).header.spacing, undefined);
});

test('OME: pages where TiffData says that planes are', async () => {
  const sizes = 'DimensionOrder="XYCZT" SizeC="1" SizeZ="3" SizeT="1"';
  const planes = [2, 0, 1].map(
    (ifd, z) =>
      `<TiffData FirstZ="${z}" IFD="${ifd}" PlaneCount="1"><UUID FileName="a.ome.tif">urn:uuid:1</UUID></TiffData>`,
  );
  const root = ' UUID="urn:uuid:1"';
  const bytes = buildTiff(pages(3, { 270: ome(sizes, planes.join(''), root) }));
  assert.equal(await firstPixels(bytes), [[2], [0], [1]]);
  const elsewhere = ome(sizes, planes.join('').replace('uuid:1<', 'uuid:2<'), root);
  assert.is(
    await rejection(open(buildTiff(pages(3, { 270: elsewhere })))),
    'a.tif: its OME-XML tells of 3 planes, and the file holds 3 pages without channel 1 of slice 1; export all of it into one file',
  );
  assert.is(
    await rejection(open(buildTiff(pages(2, { 270: ome(sizes) })))),
    'a.tif: its OME-XML tells of 3 planes, and the file holds 2 pages without channel 1 of slice 3; export all of it into one file',
  );
});

test('OME: pages of RGB hold three channels', async () => {
  const text = ome('DimensionOrder="XYCZT" SizeC="3" SizeZ="2" SizeT="1"', '<Channel SamplesPerPixel="3"/>');
  assert.equal(await firstPixels(buildTiff(pages(2, { 270: text }, { samples: 3, blocks: [] }))), [
    [0, 0, 0],
    [1, 1, 1],
  ]);
});

test('OME: of several images one is named', async () => {
  const pixels = (first: number) =>
    `<Image><Pixels DimensionOrder="XYCZT" SizeX="4" SizeY="3" SizeC="1" SizeZ="1" SizeT="1"><TiffData IFD="${first}"/></Pixels></Image>`;
  const bytes = buildTiff(pages(2, { 270: `<OME>${pixels(0)}${pixels(1)}</OME>` }));
  assert.equal(await firstPixels(bytes, { volume: 2 }), [[1]]);
  assert.is(await rejection(open(bytes)), 'a.tif: holds 2 images; say which one is read, expected volume 1 to 2');
  assert.is(await rejection(open(bytes, { volume: 3 })), 'a.tif: holds 2 images; got volume 3, expected volume 1 to 2');
  assert.is(
    await rejection(open(buildTiff(pages(2)), { volume: 2 })),
    'a.tif: holds 1 image; got volume 2, expected volume 1',
  );
});

test('OME that is damaged is refused', async () => {
  for (const [pixels, what] of [
    ['DimensionOrder="XYCZT" SizeC="0" SizeZ="1" SizeT="1"', 'SizeC is "0", expected a whole number from 1 on'],
    ['DimensionOrder="XYCZT" SizeC="1" SizeZ="1"', 'SizeT is nothing, expected a whole number from 1 on'],
    [
      'DimensionOrder="XYCZ" SizeC="1" SizeZ="1" SizeT="1"',
      'DimensionOrder is "XYCZ", expected XY and C, T, Z in any order',
    ],
    ['DimensionOrder="XYCZT" SizeC="99999" SizeZ="9" SizeT="1"', '99999x9x1 planes, expected at most 65536'],
  ]) {
    assert.is(
      await rejection(open(buildTiff(pages(1, { 270: ome(pixels!) })))),
      `a.tif: damaged OME-TIFF: ${what}; export it again`,
    );
  }
  const wide = ome('DimensionOrder="XYCZT" SizeC="1" SizeZ="1" SizeT="1"').replace('SizeX="4"', 'SizeX="5"');
  assert.is(
    await rejection(open(buildTiff(pages(1, { 270: wide })))),
    'a.tif: damaged OME-TIFF: its OME-XML tells of 5x3 pixels, its pages have 4x3; export it again',
  );
});

test('a long description that is no XML takes a time that grows with its length', async () => {
  for (const text of [
    '<OME a="'.repeat(200_000),
    `<OME ${'a'.repeat(1_000_000)}>`,
    `<OME ${'a= '.repeat(300_000)}>`,
    `<OME${' '.repeat(1e6)}>`,
  ]) {
    const started = performance.now();
    assert.equal(await firstPixels(buildTiff(pages(1, { 270: text }))), [[0]]);
    assert.ok(performance.now() - started < 2000, text.slice(0, 20));
  }
});

test('a page that is to be turned is read as it is stored', async () => {
  const { remarks } = (await open(buildTiff(pages(1, { 274: { short: [6] } })))).header;
  assert.equal(remarks, ['The image is read as it is stored, though it is to be turned (Orientation 6).']);
});

test.run();
