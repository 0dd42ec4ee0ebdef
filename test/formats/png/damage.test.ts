import { once } from 'node:events';
import { createDeflate, deflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { Random, seedKey } from '../../../src/base/random.js';
import { encodePng } from '../../../src/formats/png/encode.js';
import { decodePng } from '../../../src/formats/png/png.js';
import { readImage } from '../../../src/platform/node/files/read-image.js';
import { buildPng, COLOUR, chunk, ihdr, type PngParts, packLines, SIGNATURE } from '../../fixtures/png.js';

const GREY = { width: 2, height: 2, depth: 8, colour: COLOUR.grey };
const LINES = packLines([1, 2, 3, 4], 2, 8);
const GOOD = buildPng({ ...GREY, lines: LINES });
const MEGABYTE = 2 ** 20;

/** The text of the InputError that decoding `bytes` as a.png ends in. */
function refusal(bytes: Uint8Array): string {
  try {
    decodePng(bytes, 'a.png');
  } catch (error) {
    assert.instance(error, InputError);
    const { message } = error as InputError;
    assert.not.match(message, '\n');
    assert.ok(message.startsWith('a.png: '), message);
    return message;
  }
  return assert.unreachable('decoded') as never;
}

function withHeader(change: Partial<PngParts>): Uint8Array {
  return buildPng({ ...GREY, ...change, lines: LINES });
}

/** `megabytes` of zeros deflated piece by piece, so that making them does not take the memory that is to be measured. */
async function deflatedZeros(megabytes: number): Promise<Uint8Array> {
  const deflate = createDeflate({ level: 9 });
  const parts: Buffer[] = [];
  deflate.on('data', (part: Buffer) => parts.push(part));
  const zeros = Buffer.alloc(MEGABYTE);
  for (let i = 0; i < megabytes; i++) if (!deflate.write(zeros)) await once(deflate, 'drain');
  deflate.end();
  await once(deflate, 'end');
  return Buffer.concat(parts);
}

/** The most memory this process ever held, in bytes. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

test('what is no PNG is told by its beginning', () => {
  const text = (bytes: Uint8Array, found: string) =>
    assert.is(refusal(bytes), `a.png: not a PNG file: it ${found}; convert it to PNG`);
  text(Buffer.from('version https://git-lfs'), 'starts with "version http"');
  text(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'is a JPEG image');
  text(Buffer.from('II*\0\b\0\0\0'), 'is a TIFF image');
  text(Buffer.concat([new Uint8Array(128), Buffer.from('DICM')]), 'is a DICOM file');
  text(Uint8Array.of(1, 2, 254), 'starts with bytes 01 02 fe');
  text(new Uint8Array(), 'is empty');
});

test('a file cut short anywhere is refused', () => {
  for (let length = 8; length < GOOD.length; length++) assert.match(refusal(GOOD.subarray(0, length)), 'truncated PNG');
  assert.is(
    refusal(GOOD.subarray(0, 20)),
    'a.png: truncated PNG: 20 bytes, its header alone takes 33; copy the file again',
  );
  const size = GOOD.length - 33 - 12;
  assert.is(
    refusal(GOOD.subarray(0, 33 + size - 5)),
    `a.png: truncated PNG: chunk IDAT at byte 33 needs ${size} bytes, ${size - 5} are left; copy the file again`,
  );
  assert.is(
    refusal(GOOD.subarray(0, -12)),
    `a.png: truncated PNG: ${GOOD.length - 12} bytes without an IEND chunk; copy the file again`,
  );
});

test('every flipped bit is an error in one line, or changes no pixel', () => {
  const image = { width: 5, height: 4, channels: 3, data: Uint8Array.from({ length: 60 }, (_, i) => i * 4) };
  const file = encodePng(image);
  let refused = 0;
  for (let bit = 0; bit < file.length * 8; bit++) {
    const broken = Uint8Array.from(file);
    broken[bit >> 3]! ^= 1 << (bit & 7);
    try {
      assert.equal(decodePng(broken, 'a.png'), image);
    } catch (error) {
      assert.instance(error, InputError, String(error));
      refused++;
    }
  }
  assert.is(refused, file.length * 8);
});

test('random bytes after the signature never give anything but an InputError', () => {
  const random = new Random(seedKey(5));
  for (let round = 0; round < 500; round++) {
    const noise = Uint8Array.from({ length: random.integer(80) }, () => random.integer(256));
    refusal(Buffer.concat([SIGNATURE, noise]));
    refusal(Buffer.concat([GOOD.subarray(0, 33), noise, chunk('IEND')]));
    refusal(Buffer.concat([GOOD.subarray(0, 33), chunk('IDAT', deflateSync(noise)), chunk('IEND')]));
  }
});

test('a header that no PNG may have', () => {
  assert.is(
    refusal(withHeader({ depth: 3 })),
    'a.png: damaged PNG: colour type 0 with 3 bits a sample does not exist; save it again',
  );
  assert.match(refusal(withHeader({ colour: 5 })), 'colour type 5 with 8 bits');
  assert.match(refusal(withHeader({ colour: COLOUR.palette, depth: 16 })), 'colour type 3 with 16 bits');
  assert.match(refusal(withHeader({ interlace: 2 })), 'compression 0, filter 0, interlace 2; expected 0, 0 and 0 or 1');
  assert.is(refusal(withHeader({ width: 0 })), 'a.png: damaged PNG: 0x2 holds no pixel');
  const noIhdr = Buffer.concat([SIGNATURE, chunk('IDAT', new Uint8Array(13)), chunk('IEND')]);
  assert.match(refusal(noIhdr), 'its first chunk is not an IHDR of 13 bytes');
});

test('what takes too much memory is refused by its header, with the numbers', () => {
  const large = (change: Partial<PngParts>, takes: string) => {
    const most = 'expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles';
    assert.is(refusal(withHeader(change)), `a.png: too large: ${takes} bytes, ${most}`);
  };
  large({ height: 16385 }, '2x16385 of 8-bit grey takes 32770');
  const square = { width: 16384, height: 16384 };
  large({ ...square, colour: COLOUR.rgb }, '16384x16384 of 8-bit rgb takes 805306368');
  large({ ...square, depth: 16 }, '16384x16384 of 16-bit grey takes 536870912');
  large({ ...square, depth: 1, colour: COLOUR.palette }, '16384x16384 of 1-bit palette takes 805306368');
  for (const depth of [1, 8]) assert.match(refusal(withHeader({ ...square, depth })), '6 bytes of pixel data');
});

test('chunks that do not fit', () => {
  const idat = chunk('IDAT', deflateSync(LINES));
  const build = (...chunks: Uint8Array[]) => Buffer.concat([SIGNATURE, ihdr(GREY), ...chunks, chunk('IEND')]);
  assert.match(refusal(build(ihdr({ ...GREY, width: 9999 }), idat)), 'a PNG with a chunk IHDR is not standard');
  assert.match(refusal(build(chunk('CgBI'), idat)), 'a PNG with a chunk CgBI is not standard');
  assert.match(refusal(build()), 'its pixel data does not inflate');
  assert.match(
    refusal(build(Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0), idat)),
    'no chunk where one must start',
  );
  const header = { ...GREY, colour: COLOUR.palette };
  assert.match(refusal(buildPng({ ...header, lines: LINES })), '0 palettes, expected 1');
  for (const length of [0, 4, 771]) {
    const palette = `a.png: damaged PNG: a palette of ${length} bytes, expected 1 to 256 colours of 3; save it again`;
    assert.is(refusal(buildPng({ ...header, before: [chunk('PLTE', new Uint8Array(length))], lines: LINES })), palette);
  }
  const before = [chunk('PLTE', Uint8Array.of(0, 0, 0, 9, 9, 9))];
  assert.is(
    refusal(buildPng({ ...header, before, lines: packLines([1, 0, 7, 1], 2, 8) })),
    'a.png: damaged PNG: pixel (0, 1) has colour 7 of a palette of 2',
  );
  assert.match(refusal(buildPng({ ...GREY, lines: Uint8Array.of(9, 1, 2, 0, 3, 4) })), 'Unsupported filter: 9');
});

test('checksums are verified', () => {
  const broken = Uint8Array.from(GOOD);
  broken[32]! ^= 1;
  assert.match(refusal(broken), /^a\.png: damaged PNG: CRC mismatch for chunk IHDR\..*; copy the file again$/);
});

test('interlaced images below 8 bits are refused with a way out', () => {
  assert.is(
    refusal(withHeader({ depth: 1, interlace: 1 })),
    'a.png: a PNG that is interlaced with 1 bit a sample is not supported; save it without interlacing',
  );
});

test('pixel data that is too short or too long', () => {
  assert.is(
    refusal(buildPng({ ...GREY, lines: LINES.subarray(1) })),
    'a.png: damaged PNG: 5 bytes of pixel data, 2x2 grey of 8 bits needs 6; copy the file again',
  );
  assert.is(
    refusal(buildPng({ ...GREY, lines: Buffer.concat([LINES, LINES.subarray(0, 1)]) })),
    'a.png: damaged PNG: its pixel data inflates past its size: 2x2 grey of 8 bits needs 6; save it again',
  );
});

test('a decompression bomb is refused before it is inflated into memory', async () => {
  const zeros = await deflatedZeros(64);
  const one = { width: 1, height: 1, depth: 8, colour: COLOUR.grey };
  const bomb = Buffer.concat([SIGNATURE, ihdr(one), chunk('IDAT', zeros), chunk('IEND')]);
  assert.ok(bomb.length < 100_000);
  const before = peakMemory();
  assert.match(refusal(bomb), 'inflates past its size: 1x1 grey of 8 bits needs 2');
  const interlaced = Buffer.concat([SIGNATURE, ihdr({ ...one, interlace: 1 }), chunk('IDAT', zeros), chunk('IEND')]);
  assert.match(refusal(interlaced), '1x1 grey of 8 bits needs 2');
  // A sound stream first: the decoder must not go on where zlib stops.
  const sound = deflateSync(Uint8Array.of(0, 7));
  for (const idats of [[Buffer.concat([sound, zeros])], [sound, zeros]]) {
    const chunks = idats.map((data) => chunk('IDAT', data));
    decodePng(Buffer.concat([SIGNATURE, ihdr(one), ...chunks, chunk('IEND')]), 'a.png');
  }
  assert.ok(peakMemory() - before < 16 * MEGABYTE, `peak grew by ${(peakMemory() - before) / MEGABYTE} MB`);
});

test('compressed profiles and texts are not inflated at all', async () => {
  const zeros = await deflatedZeros(64);
  const keyword = Buffer.from('name\0\0', 'latin1');
  const before = ['iCCP', 'zTXt', 'iTXt'].map((type) => chunk(type, Buffer.concat([keyword, zeros])));
  const file = buildPng({ ...GREY, before, lines: LINES });
  const held = peakMemory();
  assert.equal([...decodePng(file, 'a.png').data], [1, 2, 3, 4]);
  assert.ok(peakMemory() - held < 16 * MEGABYTE, `peak grew by ${(peakMemory() - held) / MEGABYTE} MB`);
});

test('a file that cannot be read', async () => {
  const message = (path: string) =>
    readImage(path).then(
      () => 'read',
      (error: InputError) => error.message,
    );
  assert.is(
    await message('/nowhere/a.png'),
    '/nowhere/a.png: cannot be read: there is no such file; check the path (ENOENT)',
  );
  assert.is(
    await message(import.meta.dirname),
    `${import.meta.dirname}: cannot be read: it is a folder, expected a file; give the name of a file (EISDIR)`,
  );
  const device = '/dev/zero: cannot be read: a pipe or a device, expected a file; remove it from the folder';
  assert.is(await message('/dev/zero'), device);
});

test.run();
