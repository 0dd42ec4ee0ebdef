/** TIFF files that lie about themselves: each is refused in one line, before memory is taken. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { Random, seedKey } from '../../../src/base/random.js';
import { openImage } from '../../../src/formats/formats.js';
import { sourceOf } from '../../../src/formats/source.js';
import { buildTiff, deflated, type FileSpec, lzw, type PageSpec, storedTiff, type Value } from '../../fixtures/tiff.js';
import { rejection } from '../../support/throws.js';

const open = (bytes: Uint8Array) => openImage(sourceOf(bytes, 'a.tif'));

/** The message by which a page is refused as it is opened, verified or read. */
async function refusal(page: Partial<PageSpec>, spec?: FileSpec): Promise<string> {
  return refused(buildTiff([{ blocks: [new Uint8Array(12)], ...page }], spec));
}

async function refused(bytes: Uint8Array): Promise<string> {
  const message = await rejection(open(bytes).then((image) => image.read(0)));
  // What verifying finds, reading finds, too.
  const verified = open(bytes).then((image) => image.verify());
  await verified.catch((error) => assert.is(error.message, message));
  return message;
}

const tags = (values: Record<number, Value>) => ({ tags: values });
const again = '; copy the file again';

test('a file cut short anywhere is refused', async () => {
  for (const spec of [{}, { big: true }, { littleEndian: false }]) {
    const bytes = buildTiff([{ blocks: [new Uint8Array(12)], rowsPerStrip: 1 }], spec);
    for (let length = 4; length < bytes.length; length++) {
      assert.match(
        await refused(bytes.subarray(0, length)),
        /^a\.tif: (truncated|damaged) TIFF: .*; copy the file again$/,
      );
    }
  }
  const bytes = buildTiff([{ blocks: [new Uint8Array(12)] }]);
  assert.is(await refused(bytes.subarray(0, 6)), `a.tif: truncated TIFF: 6 bytes, its header alone takes 8${again}`);
  const big = buildTiff([{ blocks: [new Uint8Array(12)] }], { big: true });
  assert.is(await refused(big.subarray(0, 9)), `a.tif: truncated TIFF: 9 bytes, its header alone takes 16${again}`);
  assert.is(
    await refused(bytes.subarray(0, 60)),
    `a.tif: truncated TIFF: the tags of page 1: bytes 22 to 134, the file has 60${again}`,
  );
});

test('chains of pages that run in circles, or nowhere', async () => {
  const page = { blocks: [new Uint8Array(12)] };
  assert.is(
    await refused(buildTiff([page, page], { loop: 0 })),
    `a.tif: damaged TIFF: the directory after page 2 is that of an earlier page${again}`,
  );
  const bytes = buildTiff([page]);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 0, true);
  assert.is(await refused(bytes), `a.tif: damaged TIFF: it holds no page${again}`);
  view.setUint32(4, 0xfffffff0, true);
  assert.is(
    await refused(bytes),
    `a.tif: truncated TIFF: the tags of page 1: bytes 4294967280 to 4294967282, the file has ${bytes.length}${again}`,
  );
});

test('a BigTIFF with positions that no file has', async () => {
  const bytes = buildTiff([{ blocks: [new Uint8Array(12)] }], { big: true });
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, 2n ** 64n - 1n, true);
  assert.match(await refused(bytes), /^a\.tif: truncated TIFF: the tags of page 1: bytes 18446744073709552000 to /);
  view.setUint16(4, 4, true);
  assert.is(await refused(bytes), `a.tif: damaged TIFF: a BigTIFF with offsets of 4 bytes, expected 8${again}`);
});

test('thousands of pages are read, more than 65536 are refused', async () => {
  // Directories of one tag each, in a chain: page k of a file that repeats itself.
  const entry = 2 + 12 + 4;
  const chain = (count: number) => {
    const view = new DataView(new ArrayBuffer(8 + count * entry));
    view.setUint32(0, 0x49492a00);
    view.setUint32(4, 8, true);
    for (let k = 0; k < count; k++) {
      const at = 8 + k * entry;
      view.setUint16(at, 1, true);
      view.setUint16(at + 2, 254, true);
      view.setUint32(at + 14, at + entry, true);
    }
    return new Uint8Array(view.buffer);
  };
  assert.is(await refused(chain(65_537)), `a.tif: damaged TIFF: more than 65536 pages${again}`);
  const many = buildTiff(Array.from({ length: 3000 }, (_, k) => ({ blocks: [new Uint8Array(12).fill(k)] })));
  const opened = await open(many);
  assert.is(opened.header.slices, 3000);
  assert.is((await opened.read(2999)).data[0], 2999 % 256);
});

test('sizes that no image has', async () => {
  assert.is(
    await refusal(tags({ 256: { long: [4_000_000_000] }, 257: { long: [4_000_000_000] } })),
    'a.tif: too large: 4000000000x4000000000x1 of 8-bit unsigned takes 16000000000000000000 bytes, expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles',
  );
  assert.is(await refusal({ width: 0 }), `a.tif: damaged TIFF: page 1 of 0x3 holds no pixel${again}`);
  assert.is(
    await refusal(tags({ 277: { short: [60_000] } })),
    'a.tif: page 1 has 60000 samples a pixel, expected 1 to 1024',
  );
  assert.is(
    await refusal(tags({ 278: { short: [0] } })),
    `a.tif: damaged TIFF: page 1 of 4x3 in strips of 4x0${again}`,
  );
  assert.is(
    await refusal({ tile: [60_000, 60_000] }),
    `a.tif: damaged TIFF: page 1 of 4x3 in tiles of 60000x60000${again}`,
  );
});

test('channels of many pages are held against the limits together', async () => {
  const side = 9000;
  const page = { width: side, height: side, blocks: [new Uint8Array(1)] };
  const pages = Array.from({ length: 4 }, () => page);
  const text = 'ImageJ=1.53t\nimages=4\nchannels=4\n';
  assert.is(
    await refused(buildTiff([{ ...page, tags: { 270: text } }, ...pages.slice(1)])),
    'a.tif: too large: 9000x9000x4 of 8-bit unsigned takes 324000000 bytes, expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles',
  );
});

test('values that are not where they are said to be, or too few', async () => {
  const strips = { rowsPerStrip: 1, blocks: [new Uint8Array(4), new Uint8Array(4)] };
  assert.is(await refusal(strips), `a.tif: damaged TIFF: tag StripOffsets holds 2 values, expected 3${again}`);
  assert.is(
    await refusal(tags({ 273: 'text' })),
    `a.tif: damaged TIFF: tag StripOffsets holds 5 values of type 2${again}`,
  );
  assert.is(
    await refusal({ tags: { 279: undefined } }),
    `a.tif: damaged TIFF: page 1 does not say where its strips are${again}`,
  );
  const bytes = buildTiff([{ blocks: [new Uint8Array(12)] }]);
  const view = new DataView(bytes.buffer);
  const entry = 8 + 12 + 2;
  const at = Array.from({ length: 9 }, (_, k) => entry + 12 * k).find((place) => view.getUint16(place, true) === 273)!;
  view.setUint32(at + 4, 2 ** 31, true);
  assert.match(
    await refused(bytes),
    /^a\.tif: truncated TIFF: the values of tag StripOffsets: bytes 8 to 8589934600, the file has \d+; copy the file again$/,
  );
});

test('strips outside of the file, empty, or too short for their pixels', async () => {
  assert.is(
    await refusal(tags({ 273: { long: [100_000] } })),
    `a.tif: truncated TIFF: strip 1 of page 1: bytes 100000 to 100012, the file has 134${again}`,
  );
  assert.is(await refusal(tags({ 279: { long: [0] } })), `a.tif: damaged TIFF: strip 1 of page 1 is empty${again}`);
  assert.is(
    await refusal({ blocks: [new Uint8Array(11)] }),
    `a.tif: damaged TIFF: strip 1 of page 1 has 11 bytes, its pixels take 12${again}`,
  );
  assert.is(
    await refusal({ tile: [16, 16], blocks: [new Uint8Array(255)] }),
    `a.tif: damaged TIFF: tile 1 of page 1 has 255 bytes, its pixels take 256${again}`,
  );
});

test('compressed pixels that grow past their size, or do not reach it', async () => {
  const bomb = deflated(new Uint8Array(10_000_000));
  assert.is(
    await refusal({ compression: 8, blocks: [bomb] }),
    `a.tif: damaged TIFF: strip 1 of page 1 does not inflate to at most 12 bytes (more than the expected size)${again}`,
  );
  const short = 'a.tif: damaged TIFF: strip 1 of page 1 decodes to 10 bytes, 3 rows of 4 pixels take 12';
  assert.is(await refusal({ compression: 8, blocks: [deflated(new Uint8Array(10))] }), short + again);
  assert.is(await refusal({ compression: 5, blocks: [lzw(new Uint8Array(10))] }), short + again);
  assert.is(await refusal({ compression: 32773, blocks: [Uint8Array.of(0xf7, 3)] }), short + again);
  const image = { width: 16_000, height: 16_000 };
  for (const [compression, most] of [
    [5, 3641],
    [8, 1032],
    [32773, 64],
    [50000, 32_768],
  ] as const) {
    assert.is(
      await refusal({ ...image, compression, blocks: [new Uint8Array(100)] }),
      `a.tif: damaged TIFF: strip 1 of page 1 has 100 bytes, which can become ${100 * most}, its pixels take 256000000${again}`,
    );
  }
  const zstd = storedTiff('zstd');
  zstd.fill(0, 8, 30);
  assert.match(
    await refused(zstd),
    /^a\.tif: damaged TIFF: strip 1 of page 1 decodes to 0 bytes, 32 rows of 128 pixels take 8192;/,
  );
});

test('a changed or shortened file gives an image or an InputError', async () => {
  const random = new Random(seedKey(11));
  const seeds = [
    buildTiff([{ blocks: [new Uint8Array(12)] }, { blocks: [new Uint8Array(12)] }]),
    buildTiff(
      [{ compression: 8, rowsPerStrip: 1, blocks: Array.from({ length: 3 }, () => deflated(new Uint8Array(4))) }],
      { big: true },
    ),
    storedTiff('jpeg_g8'),
    storedTiff('big_zip_tiled'),
  ];
  for (let round = 0; round < 800; round++) {
    const seed = seeds[round % seeds.length]!;
    const bytes = Uint8Array.from(
      seed.subarray(0, random.integer(8) === 0 ? random.integer(seed.length) : seed.length),
    );
    for (let k = random.integer(3); k >= 0 && bytes.length > 0; k--)
      bytes[random.integer(bytes.length)] = random.integer(256);
    await open(bytes)
      .then((opened) => opened.read(0))
      .catch((error) => {
        assert.instance(error, InputError, String(error));
        assert.not.match(error.message, '\n');
      });
  }
});

test.run();
