import { decode, encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../../src/base/random.js';
import { encodePng, PngEncoder } from '../../../src/formats/png/encode.js';
import { parsePngHeader } from '../../../src/formats/png/header.js';
import { decodePng } from '../../../src/formats/png/png.js';
import { buildPng, COLOUR, chunk, packLines } from '../../fixtures/png.js';

const random = new Random(seedKey(11));

function samples(count: number, below: number): number[] {
  return Array.from({ length: count }, () => random.integer(below));
}

test('grey of 1, 2 and 4 bits is stretched to 0..255, at every width within a byte', () => {
  for (const depth of [1, 2, 4]) {
    for (let width = 1; width <= 9; width++) {
      const values = samples(width * 3, 2 ** depth);
      const file = buildPng({ width, height: 3, depth, colour: COLOUR.grey, lines: packLines(values, width, depth) });
      const image = decodePng(file, 'a.png');
      assert.equal([image.width, image.height, image.channels], [width, 3, 1]);
      assert.equal(
        [...image.data],
        values.map((value) => Math.round((value * 255) / (2 ** depth - 1))),
      );
    }
  }
});

test('every kind of 8 and 16 bits comes back as it was encoded but without alpha, also interlaced', () => {
  for (const channels of [1, 2, 3, 4]) {
    for (const depth of [8, 16] as const) {
      for (const [width, height] of [
        [1, 1],
        [3, 2],
        [8, 8],
        [17, 5],
      ] as const) {
        const values = samples(width * height * channels, 2 ** depth);
        const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
        const image = { width, height, channels, data };
        const kept = channels < 3 ? 1 : 3;
        const expected =
          kept === channels
            ? image
            : { ...image, channels: kept, data: data.filter((_, i) => i % channels < kept), hasAlpha: true };
        assert.equal(decodePng(encodePng(image), 'a.png'), expected);
        assert.equal(decodePng(encode({ ...image, depth }, { interlace: 'Adam7' }), 'a.png'), expected);
      }
    }
  }
});

test('what is written is read by others: every kind, in bands, with palette and text', () => {
  for (const channels of [1, 2, 3, 4]) {
    for (const bits of [8, 16] as const) {
      const [width, height] = [7, 300];
      const values = samples(width * height * channels, 2 ** bits);
      const data = bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
      const encoder = new PngEncoder({ width, height, channels, bits }, { Software: 'unetpp', Title: 'a mask' });
      const cut = 113 * width * channels;
      encoder.add(data.subarray(0, cut));
      encoder.add(data.subarray(cut));
      const read = decode(encoder.finish(), { checkCrc: true });
      assert.equal([read.width, read.height, read.channels, read.depth], [width, height, channels, bits]);
      assert.equal(read.data, data);
      assert.equal(read.text, { Software: 'unetpp', Title: 'a mask' });
    }
  }
  const palette = [
    [0, 0, 0],
    [200, 30, 4],
  ];
  const read = decode(encodePng({ width: 3, height: 1, channels: 1, data: Uint8Array.of(1, 0, 1), palette }));
  assert.equal(read.palette, palette);
  assert.equal([...read.data], [1, 0, 1]);
});

test('rows that are missing or cut are our own fault', () => {
  const encoder = new PngEncoder({ width: 3, height: 2, channels: 1, bits: 8 });
  assert.throws(() => encoder.add(new Uint8Array(4)), '4 samples are no whole rows of 3');
  encoder.add(new Uint8Array(3));
  assert.throws(() => encoder.finish(), '1 rows of a picture of 2');
});

test('all five line filters', () => {
  const [width, height] = [4, 5];
  const values = samples(width * height, 256);
  const lines = packLines(values, width, 8);
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : values[y * width + x]!);
  for (let y = 0; y < height; y++) {
    lines[y * 5] = y;
    for (let x = 0; x < width; x++) {
      const [a, b, c] = [at(x - 1, y), at(x, y - 1), at(x - 1, y - 1)];
      const p = a + b - c;
      const nearest = [a, b, c].reduce((best, next) => (Math.abs(p - next) < Math.abs(p - best) ? next : best));
      lines[y * 5 + 1 + x] = at(x, y) - [0, a, b, (a + b) >> 1, nearest][y]!;
    }
  }
  const file = buildPng({ width, height, depth: 8, colour: COLOUR.grey, lines });
  assert.equal([...decodePng(file, 'a.png').data], values);
});

test('a palette image is RGB, with the indices beside it; the palette may be short, alpha is not read', () => {
  const palette = [0, 0, 0, 255, 0, 0, 1, 2, 3];
  for (const depth of [2, 4, 8]) {
    const indices = samples(5 * 2, 3);
    const before = [chunk('PLTE', Uint8Array.from(palette)), chunk('tRNS', Uint8Array.of(0, 128))];
    const lines = packLines(indices, 5, depth);
    const image = decodePng(buildPng({ width: 5, height: 2, depth, colour: COLOUR.palette, before, lines }), 'a.png');
    assert.is(image.channels, 3);
    assert.equal([...image.indices!], indices);
    assert.equal(
      [...image.data],
      indices.flatMap((index) => palette.slice(index * 3, index * 3 + 3)),
    );
  }
});

test('pixel data in several chunks, and a file that lies in a larger buffer', () => {
  const image = { width: 30, height: 20, channels: 1, data: Uint8Array.from(samples(600, 256)) };
  const file = encodePng(image);
  const idat = 8 + 25;
  const size = new DataView(file.buffer, file.byteOffset).getUint32(idat);
  const data = file.subarray(idat + 8, idat + 8 + size);
  const parts = [0, 1, 2, 100, size].map((start, i, all) => chunk('IDAT', data.subarray(all[i - 1] ?? 0, start)));
  const split = Buffer.concat([file.subarray(0, idat), ...parts, chunk('IEND')]);
  assert.equal(decodePng(split, 'a.png'), image);
  const shifted = Buffer.concat([Uint8Array.of(1, 2, 3), split, Uint8Array.of(4, 5)]).subarray(3, -2);
  assert.equal(decodePng(shifted, 'a.png'), image);
});

test('the header alone', () => {
  const lines = packLines([0, 1, 0, 1, 1, 1], 3, 1);
  const file = buildPng({ width: 3, height: 2, depth: 1, colour: COLOUR.grey, lines });
  const expected = { width: 3, height: 2, depth: 1, colourType: 'grey', channels: 1, interlaced: false };
  assert.equal(parsePngHeader(file.subarray(0, 33), 'a.png'), expected);
});

test.run();
