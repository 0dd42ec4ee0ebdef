/** What a page holds: kinds of samples and colours, strips and tiles, compressions, windows. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openImage } from '../../../src/formats/formats.js';
import { type ByteSource, sourceOf } from '../../../src/formats/source.js';
import { jpeg } from '../../fixtures/jpeg.js';
import {
  buildTiff,
  bytesOf,
  deflated,
  type FileSpec,
  lzw,
  type PageSpec,
  packCodes,
  storedTiff,
} from '../../fixtures/tiff.js';
import { rejection } from '../../support/throws.js';

const open = (bytes: Uint8Array) => openImage(sourceOf(bytes, 'a.tif'));
const read = async (page: PageSpec, spec?: FileSpec) => (await open(buildTiff([page], spec))).read(0);
const refusal = async (page: PageSpec, spec?: FileSpec) => rejection(read(page, spec));
const sha = (data: ArrayBufferView) =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex')
    .slice(0, 16);

const SPECS: FileSpec[] = [true, false].flatMap((littleEndian) => [true, false].map((big) => ({ littleEndian, big })));
/** 12 values, the lowest byte first or not. */
const whole = (step: number) => Array.from({ length: 12 }, (_, k) => k * step + 1);

test('samples of every type, in both orders of bytes, in TIFF and BigTIFF', async () => {
  for (const spec of SPECS) {
    const little = spec.littleEndian!;
    for (const [type, format, values, expected] of [
      ['Uint8', 1, whole(20), Uint8Array],
      ['Uint16', 1, whole(5000), Uint16Array],
      ['Uint32', 1, whole(300_000_000), Float32Array],
      ['Int8', 2, whole(-10), Float32Array],
      ['Int16', 2, whole(-2500), Float32Array],
      ['Int32', 2, whole(-150_000_000), Float32Array],
      ['Float32', 3, whole(0.1), Float32Array],
      ['Float64', 3, whole(-0.1), Float32Array],
    ] as const) {
      const bits = Number(/\d+/.exec(type)![0]);
      const file = buildTiff([{ bits, format, blocks: [bytesOf(type, values, little)] }], spec);
      const opened = await open(file);
      const samples = ['', 'unsigned', 'signed', 'float'][format];
      assert.equal(opened.header, { width: 4, height: 3, channels: 1, bits, samples, slices: 1 }, type);
      await opened.verify();
      assert.equal(await opened.read(0), { width: 4, height: 3, channels: 1, data: expected.from(values) }, type);
    }
  }
});

test('numbers of 16 bits of floating point', async () => {
  const halves = [0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x3555, 0x3800, 0xb800, 0x4248];
  const blocks = [bytesOf('Uint16', halves)];
  const third = 1365 / 4096;
  const expected = [0, -0, 1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, third, 0.5, -0.5, 3.140625];
  assert.equal((await read({ bits: 16, format: 3, blocks })).data, Float32Array.from(expected));
  const infinite = [bytesOf('Uint16', [...halves.slice(0, 5), 0x7c00, ...halves.slice(6)])];
  const message = 'a.tif: pixel (1, 1), channel 0 is Infinity; expected finite numbers';
  assert.is(await refusal({ bits: 16, format: 3, blocks: infinite }), message);
});

test('samples of less than 8 bits are spread as in PNG, each row in whole bytes', async () => {
  const one = {
    width: 10,
    height: 2,
    bits: 1,
    blocks: [Uint8Array.of(0b10110011, 0b10000000, 0b00000001, 0b01000000)],
  };
  const bits = [1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1];
  assert.equal(
    (await read(one)).data,
    Uint8Array.from(bits, (bit) => 255 * bit),
  );
  assert.equal(
    (await read({ ...one, photometric: 0 })).data,
    Uint8Array.from(bits, (bit) => 255 - 255 * bit),
  );
  const four = { width: 3, height: 1, bits: 4, blocks: [Uint8Array.of(0x0f, 0x70)] };
  assert.equal((await read(four)).data, Uint8Array.of(0, 255, 119));
  assert.equal(
    (await read({ width: 5, height: 1, bits: 2, blocks: [Uint8Array.of(0b00011011, 0x40)] })).data,
    Uint8Array.of(0, 85, 170, 255, 85),
  );
});

test('where white is 0, whole numbers are inverted and others stay', async () => {
  const page = { photometric: 0, width: 2, height: 1 };
  assert.equal((await read({ ...page, blocks: [Uint8Array.of(0, 7)] })).data, Uint8Array.of(255, 248));
  assert.equal(
    (await read({ ...page, bits: 16, blocks: [bytesOf('Uint16', [0, 7])] })).data,
    Uint16Array.of(65535, 65528),
  );
  const opened = await open(buildTiff([{ ...page, bits: 32, format: 3, blocks: [bytesOf('Float32', [0, 7])] }]));
  assert.equal(opened.header.remarks, ['Its numbers are read as they are, though 0 is shown as white.']);
  assert.equal((await opened.read(0)).data, Float32Array.of(0, 7));
});

test('a palette gives colours, and its indices', async () => {
  const colours = [0, 1, 2, 3].flatMap((k) => [k * 100, k * 7, 255 - k]);
  const map = [0, 1, 2].flatMap((c) => [0, 1, 2, 3].map((k) => colours[3 * k + c]!));
  const indices = [3, 0, 1, 2, 2];
  const page = { width: 5, height: 1, bits: 2, photometric: 3, blocks: [Uint8Array.of(0b11000110, 0b10000000)] };
  for (const scale of [257, 256, 1]) {
    const { data, ...rest } = await read({
      ...page,
      tags: { 320: { short: map.map((value) => (value & 255) * scale) } },
    });
    assert.equal(rest, { width: 5, height: 1, channels: 3, indices: Uint8Array.from(indices) });
    assert.equal(
      [...data],
      indices.flatMap((k) => colours.slice(3 * k, 3 * k + 3).map((value) => value & 255)),
    );
  }
  assert.is(
    await refusal({ ...page, tags: { 320: { short: [1, 2, 3] } } }),
    'a.tif: damaged TIFF: page 1 has a palette of 3 values, expected 12; copy the file again',
  );
});

test('transparency is left out, other channels are kept', async () => {
  const pixels = (n: number) => Uint8Array.from({ length: 2 * n }, (_, k) => k + 1);
  const page = (samples: number, extra: readonly number[]): PageSpec => {
    return { width: 2, height: 1, samples, blocks: [pixels(samples)], tags: { 338: { short: extra } } };
  };
  const shape = { width: 2, height: 1 };
  assert.equal(await read(page(4, [2])), {
    ...shape,
    channels: 3,
    data: Uint8Array.of(1, 2, 3, 5, 6, 7),
    hasAlpha: true,
  });
  assert.equal(await read({ ...page(2, [1]), photometric: 1 }), {
    ...shape,
    channels: 1,
    data: Uint8Array.of(1, 3),
    hasAlpha: true,
  });
  assert.equal(await read(page(4, [0])), { ...shape, channels: 4, data: pixels(4) });
  assert.equal(await read({ ...page(5, [0, 0, 0, 0]), photometric: 1 }), { ...shape, channels: 5, data: pixels(5) });
  assert.equal(await read({ ...page(5, [0, 2]) }), {
    ...shape,
    channels: 4,
    data: Uint8Array.of(1, 2, 3, 4, 6, 7, 8, 9),
    hasAlpha: true,
  });
});

/** An image of 37x29, of `channels`, in blocks. */
function blocksOf(channels: number, [w, h]: readonly [number, number], isPlanar: boolean, isTiled: boolean) {
  const [width, height] = [37, 29];
  const value = (x: number, y: number, c: number) => (x * 7 + y * 1000 + c * 333) % 65536;
  const image = Uint16Array.from({ length: width * height * channels }, (_, k) => {
    return value(Math.floor(k / channels) % width, Math.floor(k / channels / width), k % channels);
  });
  const blocks: Uint8Array[] = [];
  for (const c of isPlanar ? Array(channels).keys() : [undefined]) {
    for (let top = 0; top < height; top += h) {
      for (let left = 0; left < width; left += w) {
        const rows = isTiled ? h : Math.min(h, height - top);
        const values: number[] = [];
        for (let y = top; y < top + rows; y++) {
          for (let x = left; x < left + w; x++) {
            for (const k of c === undefined ? Array(channels).keys() : [c]) {
              values.push(x < width && y < height ? value(x, y, k) : 9);
            }
          }
        }
        blocks.push(bytesOf('Uint16', values));
      }
    }
  }
  return { width, height, image, blocks };
}

test('strips and tiles, together and planar, whole and in windows', async () => {
  for (const [tile, rowsPerStrip] of [
    [undefined, 29],
    [undefined, 8],
    [undefined, 2 ** 16 - 1],
    [[16, 16], 0],
    [[48, 32], 0],
  ] as const) {
    for (const [channels, isPlanar] of [
      [1, false],
      [3, false],
      [3, true],
    ] as const) {
      const block = tile ?? ([37, Math.min(29, rowsPerStrip)] as const);
      const { image, blocks, width, height } = blocksOf(channels, block, isPlanar, tile !== undefined);
      for (const compression of [1, 8]) {
        const opened = await open(
          buildTiff([
            {
              width,
              height,
              bits: 16,
              samples: channels,
              compression,
              blocks: compression === 1 ? blocks : blocks.map(deflated),
              ...(tile ? { tile } : { rowsPerStrip }),
              tags: { 284: { short: [isPlanar ? 2 : 1] } },
            },
          ]),
        );
        await opened.verify();
        assert.equal((await opened.read(0)).data, image);
        for (const window of [
          { left: 0, top: 0, width: 1, height: 1 },
          { left: 15, top: 7, width: 3, height: 11 },
          { left: 36, top: 28, width: 1, height: 1 },
        ]) {
          const { data } = await opened.read(0, window);
          const expected: number[] = [];
          for (let y = window.top; y < window.top + window.height; y++) {
            const from = (y * width + window.left) * channels;
            expected.push(...image.subarray(from, from + window.width * channels));
          }
          assert.equal([...data], expected);
        }
      }
    }
  }
});

test('a window reads the rows that it needs, though the image is one strip', async () => {
  // 20000 bytes a row; the strip of 10 MB is not in the memory of the source.
  const [width, height] = [10_000, 500];
  const head = buildTiff([
    { width, height, bits: 16, blocks: [], tags: { 273: { long: [1000] }, 279: { long: [2 * width * height] } } },
  ]);
  let bytes = 0;
  const source: ByteSource = {
    name: 'a.tif',
    size: 1000 + 2 * width * height,
    async read(offset, length) {
      const part = new Uint8Array(Math.min(length, this.size - offset));
      part.set(head.subarray(offset, offset + part.length));
      bytes += offset >= 1000 ? part.length : 0;
      return part;
    },
  };
  const opened = await openImage(source);
  await opened.verify();
  assert.is(bytes, 0);
  await opened.read(0, { left: 3, top: 400, width: 10, height: 20 });
  assert.is(bytes, 20 * 2 * width);
});

test('compressions and predictors, in both orders of bytes', async () => {
  for (const spec of SPECS) {
    const little = spec.littleEndian!;
    const page = { width: 6, height: 4, samples: 3, rowsPerStrip: 2 };
    for (const bits of [8, 16, 32]) {
      const values = Array.from({ length: 72 }, (_, k) => (k * 12_345 + k * k * 777) % 2 ** bits);
      const type = `Uint${bits}` as 'Uint8';
      // The difference to the pixel before it; rows are of 6 pixels of 3 samples.
      const differences = values.map(
        (value, k) => (k % 18 < 3 ? value : value - values[k - 3]! + 2 ** bits) % 2 ** bits,
      );
      for (const [predictor, stored] of [
        [1, values],
        [2, differences],
      ] as const) {
        const strips = [stored.slice(0, 36), stored.slice(36)].map((strip) => bytesOf(type, strip, little));
        for (const [compression, compress] of [
          [5, lzw],
          [8, deflated],
          [32946, deflated],
        ] as const) {
          const blocks = strips.map(compress);
          const { data } = await read(
            { ...page, bits, compression, blocks, tags: { 317: { short: [predictor] } } },
            spec,
          );
          const expected = bits === 32 ? Float32Array.from(values) : values;
          assert.equal([...data], [...expected], `${bits} bits, ${compression}, ${predictor}`);
        }
      }
    }
    const values = Array.from({ length: 12 }, (_, k) => Math.fround(Math.sqrt(k) * 100));
    for (const [type, bits] of [
      ['Float32', 32],
      ['Float64', 64],
    ] as const) {
      const rows = [0, 4, 8].map((at) => floatDifferences(type, values.slice(at, at + 4)));
      const blocks = [deflated(Uint8Array.from(rows.flat()))];
      const { data } = await read({ bits, format: 3, compression: 8, blocks, tags: { 317: { short: [3] } } }, spec);
      assert.equal(data, Float32Array.from(values));
    }
  }
});

/** A row as predictor 3 makes it: the highest bytes of all numbers first, as differences. */
function floatDifferences(type: 'Float32' | 'Float64', values: readonly number[]): number[] {
  const size = type === 'Float32' ? 4 : 8;
  const bytes = bytesOf(type, values, false);
  const planes = Array.from(bytes, (_, k) => bytes[(k % values.length) * size + Math.floor(k / values.length)]!);
  return planes.map((byte, k) => (k === 0 ? byte : (byte - planes[k - 1]! + 256) % 256));
}

test('PackBits: runs, literals, and a byte that means nothing', async () => {
  const packed = Uint8Array.of(0xfe, 5, 0x80, 2, 1, 2, 3, 0xfb, 7, 99);
  const data = Uint8Array.of(5, 5, 5, 1, 2, 3, 7, 7, 7, 7, 7, 7);
  assert.equal((await read({ compression: 32773, blocks: [packed] })).data, data);
});

test('LZW: codes of pieces, and one that is defined as it is used', async () => {
  // 1, then 258 = 1 1 while it is being defined, then 258 again and 259 = 1 1 1.
  const blocks = [packCodes([256, 1, 258, 258, 259, 9, 2, 3, 4, 257])];
  assert.equal((await read({ compression: 5, blocks })).data, Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 9, 2, 3, 4));
  assert.is(
    await refusal({ compression: 5, blocks: [packCodes([256, 1, 300])] }),
    'a.tif: damaged TIFF: strip 1 of page 1 does not decode (a code of LZW that does not exist); copy the file again',
  );
  assert.is(
    await refusal({ compression: 5, blocks: [Uint8Array.of(0, 1, 5, 5)] }),
    'a.tif: strip 1 of page 1 is LZW in its old form, which is not read; save the image again',
  );
});

test('LERC: bits by blocks, and an image of one value', async () => {
  const stored =
    'TGVyYzIgBAAAAEFC5F0QAAAAGAAAAAEAAACAAQAACAAAAKcCAAADAAAAAAAAAAAA4D8AAAAAAAAAAAAAAAAAA7tAAAAAAAAAAxsAQQCMQADAElhCOLDEXQhHgwHQEllSOLHUXQlXgwLgElpiOLLkXQpngwPwEltyOLP0XQt3gwQAE1yCOLQEXgyHgwUQE12SOLUUXg2XgwYgE16iOLYkXg6ngwcwE1+yOLc0Xg+3gwVgCYxAAMASWEI4sMRdCEeDAdASWVI4sdRdCVeDAuASWmI4suRdCmeDA/ASW3I4s/RdC3eDBAATXII4tAReDIeDBRATXZI4tRReDZeDBiATXqI4tiReDqeDBzATX7I4tzReD7eDCcASjEAAwBJYQjiwxF0IR4MB0BJZUjix1F0JV4MC4BJaYjiy5F0KZ4MD8BJbcjiz9F0Ld4MEABNcgji0BF4Mh4MFEBNdkji1FF4Nl4MGIBNeoji2JF4Op4MHMBNfsji3NF4Pt4NBCIxAAMASWEI4sMRdCEeDAdASWVI4sdRdCVeDAuASWmI4suRdCmeDA/ASW3I4s/RdC3eDBAATXII4tAReDIeDBRATXZI4tRReDZeDBiATXqI4tiReDqeDBzATX7I4tzReD7eDBWgJjEAAwBJYQjiwxF0IR4MB0BJZUjix1F0JV4MC4BJaYjiy5F0KZ4MD8BJbcjiz9F0Ld4MEABNcgji0BF4Mh4MFEBNdkji1FF4Nl4MGIBNeoji2JF4Op4MHMBNfsji3NF4Pt4MJyBKMQADAElhCOLDEXQhHgwHQEllSOLHUXQlXgwLgElpiOLLkXQpngwPwEltyOLP0XQt3gwQAE1yCOLQEXgyHgwUQE12SOLUUXg2XgwYgE16iOLYkXg6ngwcwE1+yOLc0Xg+3gw==';
  const blob = new Uint8Array(Buffer.from(stored, 'base64'));
  const page = { width: 24, height: 16, bits: 16, compression: 34887 };
  const values = Uint16Array.from({ length: 24 * 16 }, (_, k) => (k % 24) * 300 + Math.floor(k / 24));
  assert.equal((await read({ ...page, blocks: [blob] })).data, values);
  const around = { 50674: { long: [4, 1] } };
  assert.equal((await read({ ...page, blocks: [deflated(blob)], tags: around })).data, values);
  const constant = 'TGVyYzIgBAAAAII1rE4QAAAAGAAAAAEAAACAAQAACAAAAEYAAAAGAAAAAAAAAAAAAAAAAAAAAAAcQAAAAAAAABxAAAAAAA==';
  const blocks = [new Uint8Array(Buffer.from(constant, 'base64'))];
  assert.equal((await read({ ...page, bits: 32, format: 3, blocks })).data, new Float32Array(384).fill(7));
  assert.is(
    await refusal({ ...page, blocks }),
    'a.tif: damaged TIFF: strip 1 of page 1 is LERC that does not decode (24x16 of float32, expected 24x16 of unsigned16); copy the file again',
  );
  for (let length = 1; length < blob.length; length++) {
    const message = await refusal({ ...page, blocks: [blob.subarray(0, length)] });
    assert.is(
      message,
      'a.tif: damaged TIFF: strip 1 of page 1 is LERC that does not decode (it is cut short); copy the file again',
    );
  }
});

test('JPEG inside, in grey, RGB, and luma with colour differences', async () => {
  for (const [name, samples, photometric] of [
    ['grey', 1, 1],
    ['colour', 3, 6],
    ['rgb', 3, 2],
  ] as const) {
    const { data, channels } = await read({
      width: 20,
      height: 13,
      samples,
      photometric,
      compression: 7,
      blocks: [jpeg(name)],
    });
    assert.is(channels, samples);
    const expected = (k: number) => {
      const [x, y] = [Math.floor(k / samples) % 20, Math.floor(k / samples / 20)];
      return [40 + 6 * x + 5 * y, 200 - 6 * x - 5 * y, 60 + 5 * y][k % samples]!;
    };
    assert.ok(
      data.every((value, k) => Math.abs(value - expected(k)) <= 6),
      name,
    );
  }
  assert.is(
    await refusal({ width: 21, height: 13, compression: 7, blocks: [jpeg('grey')] }),
    'a.tif: damaged TIFF: strip 1 of page 1 is a JPEG of 20x13x1, expected 21x13x1; copy the file again',
  );
});

test('files of tifffile and libtiff, each against what libtiff decodes', async () => {
  for (const [name, type, hash] of [
    ['zstd', Uint16Array, 'a54d7276d0b5b32d'],
    ['lzw_pred2', Uint16Array, 'a54d7276d0b5b32d'],
    ['big_zip_tiled', Uint16Array, 'a54d7276d0b5b32d'],
    ['zip_pred3', Float32Array, '293473e67b5c5815'],
    ['tiled_lzw', Uint8Array, '5da3f636bc786522'],
    ['packbits', Uint8Array, '1adeb4ff2c24981b'],
  ] as const) {
    const opened = await open(storedTiff(name));
    await opened.verify();
    const { width, height, data } = await opened.read(0);
    assert.equal([width, height], [128, 96]);
    assert.instance(data, type);
    assert.is(sha(data), hash, name);
  }
  // Decoders of JPEG round differently.
  const [{ data: lossy }, { data: exact }] = [
    await (await open(storedTiff('jpeg_g8'))).read(0),
    await (await open(storedTiff('packbits'))).read(0),
  ];
  assert.ok(lossy.every((value, k) => Math.abs(value - exact[k]!) <= 6));
});

test('what is not read is refused by its name', async () => {
  const page = { blocks: [new Uint8Array(12)] };
  for (const [compression, name] of [
    [4, 'CCITT G4'],
    [34925, 'LZMA'],
    [50001, 'WebP'],
    [34712, 'JPEG 2000'],
    [6, 'JPEG in its old form'],
    [77, 'an unknown method (77)'],
  ] as const) {
    assert.is(
      await refusal({ ...page, compression }),
      `a.tif: page 1 is compressed by ${name}, which is not read; save it uncompressed or with LZW or deflate`,
    );
  }
  const types = '1, 2, 4, 8, 16 or 32 bits unsigned, 8, 16 or 32 signed, 16, 32 or 64 floating point; convert it';
  assert.is(
    await refusal({ ...page, bits: 12 }),
    `a.tif: page 1 has samples of 12 bits, unsigned ones; expected ${types}`,
  );
  assert.is(
    await refusal({ ...page, bits: 64, format: 6 }),
    `a.tif: page 1 has samples of 64 bits, of format 6 (complex?); expected ${types}`,
  );
  assert.is(
    await refusal({ ...page, samples: 3, tags: { 258: { short: [5, 6, 5] } } }),
    'a.tif: page 1 has samples of 5,6,5 bits, expected one for all; save it again',
  );
  assert.is(await refusal({ ...page, samples: 4, photometric: 5 }), 'a.tif: page 1 is CMYK; save it as grey or RGB');
  assert.is(
    await refusal({ ...page, samples: 3, photometric: 6 }),
    'a.tif: page 1 is in YCbCr without JPEG, which is not read; save it as grey or RGB',
  );
  assert.is(
    await refusal({ ...page, tags: { 266: { short: [2] } } }),
    'a.tif: page 1 has its bits in the reverse order (FillOrder 2); save it again',
  );
  assert.is(
    await refusal({
      ...page,
      bits: 1,
      compression: 8,
      blocks: [deflated(new Uint8Array(3))],
      tags: { 317: { short: [2] } },
    }),
    'a.tif: predictor 2 with 1-bit unsigned samples is not read; save it without a predictor',
  );
});

test.run();
