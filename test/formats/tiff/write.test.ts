/** TIFF files as they are written: pictures, and results that lie over the file that was read. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openImage } from '../../../src/formats/formats.js';
import { sourceOf } from '../../../src/formats/source.js';
import { tiffFormat } from '../../../src/formats/tiff/format.js';
import { tiffKind } from '../../../src/formats/tiff/kind.js';
import { encodeTiff } from '../../../src/formats/tiff/write.js';
import type { Image } from '../../../src/image/image.js';
import { buildTiff, type Value } from '../../fixtures/tiff.js';
import { throwsInput } from '../../support/throws.js';

const open = (bytes: Uint8Array) => openImage(sourceOf(bytes, 'a.tif'));
const about = { classNames: ['core', '<edema>'], mark: 'unetpp mask' };

/** A file of pages of 4x3, the first with tags. */
const original = (count: number, tags: Record<number, Value>) =>
  open(
    buildTiff(Array.from({ length: count }, (_, k) => ({ blocks: [new Uint8Array(12)], ...(k === 0 && { tags }) }))),
  );

const labels = (count: number, type: Uint8ArrayConstructor | Uint16ArrayConstructor = Uint8Array) =>
  Array.from({ length: count }, (_, z): Image => {
    return { width: 4, height: 3, channels: 1, data: new type(12).map((_, k) => (k * 3 + z) % 7) };
  });

const probabilities = (count: number) =>
  Array.from({ length: count }, (_, z): Image => {
    return { width: 4, height: 3, channels: 3, data: Float32Array.from({ length: 36 }, (_, k) => (k + z) / 64) };
  });

/** Writes results and reads them: their header, and the slices without what the file says of sizes. */
async function through(opened: Awaited<ReturnType<typeof open>>, slices: readonly Image[]) {
  const bytes = await opened.results!.encode(slices, about);
  const written = await open(bytes);
  await written.verify();
  const images = await Promise.all(slices.map((_, k) => written.read(k)));
  const plain = images.map(({ width, height, channels, data }) => ({ width, height, channels, data }));
  return { bytes, header: written.header, images: plain, text: Buffer.from(bytes).toString('latin1') };
}

const resolution = { 282: { rational: [3_076_923, 1000] }, 283: { rational: [20_000, 3] }, 296: { short: [3] } };

test('pictures of every type and of several channels', async () => {
  for (const data of [new Uint8Array(180), new Uint16Array(180), new Float32Array(180)]) {
    for (const channels of [1, 2, 3, 4, 5]) {
      const image = { width: 60 / channels, height: 3, channels, data: data.map((_, k) => k) };
      const opened = await open(tiffFormat.encode!(image, 'b.tif'));
      assert.equal(await opened.read(0), image);
    }
  }
});

test('a large picture is in strips of about a megabyte', async () => {
  const image = {
    width: 1500,
    height: 1001,
    channels: 3,
    data: new Uint8Array(1500 * 1001 * 3).map((_, k) => k % 251),
  };
  const bytes = encodeTiff([image], {}, 'a.tif');
  assert.equal(await (await open(bytes)).read(0), image);
  const view = new DataView(bytes.buffer);
  const rows = Array.from({ length: view.getUint16(8, true) }, (_, k) => 10 + 12 * k).find(
    (at) => view.getUint16(at, true) === 278,
  )!;
  assert.is(view.getUint32(rows + 8, true), Math.floor(2 ** 20 / 4500));
});

test('a file of more than 4 GiB is refused', () => {
  const image = { width: 16384, height: 16384, channels: 4, data: new Float32Array(0) };
  throwsInput(
    () => encodeTiff([image], {}, 'a.tif'),
    'a.tif: a TIFF of 4295000264 bytes, expected at most 4294967295; write fewer slices at once',
  );
});

test('labels and probabilities keep the slices and the resolution of what was read', async () => {
  const opened = await original(2, resolution);
  for (const slices of [labels(2), labels(2, Uint16Array), probabilities(2)]) {
    const { header, images } = await through(opened, slices);
    assert.equal(header.spacing, opened.header.spacing);
    assert.is(header.slices, 2);
    assert.equal(images, slices);
  }
  const { bytes } = await through(opened, labels(2));
  const view = new DataView(bytes.buffer);
  // The fractions as they were: of 3076923 and 1000.
  const at = Array.from({ length: bytes.length - 8 }, (_, k) => k).find((k) => view.getUint32(k, true) === 3_076_923)!;
  assert.is(view.getUint32(at + 4, true), 1000);
});

test('a resolution that says nothing of pixels is kept, too', async () => {
  const opened = await original(1, {
    282: { rational: [72, 1] },
    283: { rational: [72, 1] },
    296: { short: [2] },
    274: { short: [6] },
  });
  const { header, text } = await through(opened, labels(1));
  assert.is(header.spacing, undefined);
  assert.match(text, 'H\0\0\0\x01\0\0\0');
  assert.equal(header.remarks, opened.header.remarks);
});

test("ImageJ's calibration is kept: unit, distances, channels, slices and frames", async () => {
  const description = 'ImageJ=1.53t\nimages=12\nchannels=2\nslices=3\nframes=2\nunit=\u00b5m\nspacing=1.5\n';
  const opened = await original(12, { 270: description, ...resolution, 296: { short: [1] } });
  for (const slices of [labels(6), probabilities(6)]) {
    const { header, images, text } = await through(opened, slices);
    const { spacing, sliceSpacing, remarks } = opened.header;
    assert.equal([header.spacing, header.sliceSpacing, header.remarks], [spacing, sliceSpacing, remarks]);
    assert.is(header.channels, slices[0]!.channels);
    assert.equal(images, slices);
    assert.match(text, `slices=3\nframes=2\nhyperstack=true\nmode=grayscale\nunit=\\u00B5m\nspacing=1.5\n`);
  }
});

test("OME's sizes are kept, in its text and as resolution", async () => {
  const pixels = 'DimensionOrder="XYZCT" SizeX="4" SizeY="3" SizeC="2" SizeZ="3" SizeT="1"';
  const physical = 'PhysicalSizeX="0.325" PhysicalSizeY="650" PhysicalSizeYUnit="nm" PhysicalSizeZ="1.5"';
  const opened = await original(6, { 270: `<OME><Image><Pixels ${pixels} ${physical}></Pixels></Image></OME>` });
  for (const slices of [labels(3), probabilities(3)]) {
    const { header, images, text } = await through(opened, slices);
    const { spacing, sliceSpacing } = opened.header;
    assert.ok(Math.abs(spacing![1] - 0.000325) < 1e-15 && Math.abs(spacing![0] - 0.00065) < 1e-15);
    assert.equal([header.spacing, header.sliceSpacing], [spacing, sliceSpacing]);
    assert.is(header.channels, slices[0]!.channels);
    assert.equal(images, slices);
    assert.match(text, physical);
  }
  const { text } = await through(opened, probabilities(3));
  // To who does not read OME, the resolution says it.
  const plain = await open(new Uint8Array(Buffer.from(text.replaceAll('OME', 'abc'), 'latin1')));
  assert.is(plain.header.slices, 9);
  assert.ok(Math.abs(plain.header.spacing![1] / 0.000325 - 1) < 1e-8);
  assert.ok(Math.abs(plain.header.spacing![0] / 0.00065 - 1) < 1e-8);
  assert.match(text, 'Name="background"');
  assert.match(text, 'Name="&#60;edema&#62;"');
});

test('a file bears the mark, and is known by it', async () => {
  const { text } = await through(await original(2, {}), labels(2));
  const kind = tiffKind('unetpp mask', 'a mask');
  assert.is(kind.begins(text.slice(0, 65_536)), true);
  for (const head of [
    '',
    'II*\0',
    text.slice(0, 40),
    text.replace('unetpp mask', 'other maker'),
    `MM${text.slice(2)}`,
  ]) {
    assert.is(kind.begins(head), false);
  }
  const plain = Buffer.from(encodeTiff(labels(1), {}, 'a.tif')).toString('latin1');
  assert.is(kind.begins(plain), false);
  assert.is(tiffKind('unetpp', 'a picture').begins(plain), true);
});

test.run();
