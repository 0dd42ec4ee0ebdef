import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { Random, seedKey } from '../../src/base/random.js';
import { openImage } from '../../src/formats/formats.js';
import { sourceOf } from '../../src/formats/source.js';
import { exif, jpeg, markerAt, withSegment } from '../fixtures/jpeg.js';
import { rejection } from '../support/throws.js';

const [WIDTH, HEIGHT] = [20, 13];

const open = (bytes: Uint8Array) => openImage(sourceOf(bytes, 'a.jpg'));
const read = async (bytes: Uint8Array) => (await open(bytes)).read(0);
const refusal = (bytes: Uint8Array) => rejection(open(bytes).then((opened) => opened.verify()));

const pixel = (x: number, y: number) => [40 + 6 * x + 5 * y, 200 - 6 * x - 5 * y, 60 + 5 * y];

/** How far an image is at most from the picture of the fixtures. */
function distance(
  data: ArrayLike<number>,
  channels: number,
  width = WIDTH,
  at = (x: number, y: number) => [x, y],
): number {
  const distances = Array.from(data, (value, k) => {
    const [x, y] = [Math.floor(k / channels) % width, Math.floor(k / channels / width)];
    const [column, row] = at(x, y) as [number, number];
    return Math.abs(value - pixel(column, row)[k % channels]!);
  });
  return Math.max(...distances);
}

/** The bytes with some set. */
function patched(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
}

test('grey and colours, baseline and progressive, with restarts, and RGB that is marked as such', async () => {
  for (const [name, channels, most] of [
    ['grey', 1, 3],
    ['restarts', 1, 3],
    // The last interval ends below the last row.
    ['unevenRestarts', 1, 3],
    ['colour', 3, 6],
    ['progressive', 3, 6],
    ['rgb', 3, 4],
    ['subsampled', 3, 12],
  ] as const) {
    const opened = await open(jpeg(name));
    const header = { width: WIDTH, height: HEIGHT, channels, bits: 8, samples: 'unsigned', slices: 1 };
    assert.equal(opened.header, header, name);
    await opened.verify();
    const { data, ...shape } = await opened.read(0);
    assert.equal(shape, { width: WIDTH, height: HEIGHT, channels });
    assert.instance(data, Uint8Array);
    assert.ok(distance(data, channels) <= most, `${name}: ${distance(data, channels)}`);
    const window = await opened.read(0, { left: 3, top: 4, width: 5, height: 2 });
    const from = (4 * WIDTH + 3) * channels;
    assert.equal([...window.data.subarray(0, 5 * channels)], [...data.subarray(from, from + 5 * channels)], name);
  }
});

test('pictures are turned upright, by all eight orientations in both orders of bytes', async () => {
  const [right, below] = [WIDTH - 1, HEIGHT - 1];
  const stored: ((x: number, y: number) => number[])[] = [
    (x, y) => [x, y],
    (x, y) => [right - x, y],
    (x, y) => [right - x, below - y],
    (x, y) => [x, below - y],
    (x, y) => [y, x],
    (x, y) => [y, below - x],
    (x, y) => [right - y, below - x],
    (x, y) => [right - y, x],
  ];
  for (const [k, at] of stored.entries()) {
    const opened = await open(withSegment(jpeg('colour'), 0xe1, exif(k + 1, k % 2 === 0)));
    const { width, height, remarks } = opened.header;
    assert.equal([width, height], k < 4 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
    const said = [`The picture is turned upright, by orientation ${k + 1} of its Exif.`];
    assert.equal(remarks, k === 0 ? undefined : said);
    const image = await opened.read(0);
    assert.equal([image.width, image.height], [width, height]);
    assert.ok(distance(image.data, 3, width, at) <= 6, `orientation ${k + 1}`);
  }
});

test('an Exif that is damaged turns nothing', async () => {
  const whole = exif(6);
  const wrong = [whole.subarray(0, 12), patched(whole, 13, 200), patched(whole, 25, 9), patched(whole, 14, 255, 255)];
  for (const data of wrong.slice(0, 3)) {
    assert.is((await open(withSegment(jpeg('grey'), 0xe1, data))).header.width, WIDTH);
  }
  assert.is((await open(withSegment(jpeg('grey'), 0xe1, wrong[3]!))).header.width, HEIGHT);
});

test('a header behind a long preview is found', async () => {
  let bytes = jpeg('grey');
  for (let k = 0; k < 20; k++) bytes = withSegment(bytes, 0xe2, new Uint8Array(65_000));
  assert.is((await open(bytes)).header.width, WIDTH);
  assert.ok(distance((await read(bytes)).data, 1) <= 3);
});

test('what follows the end is ignored', async () => {
  assert.ok(distance((await read(Uint8Array.from([...jpeg('grey'), 1, 2, 3]))).data, 1) <= 3);
});

test('a file cut short anywhere is refused', async () => {
  for (const name of ['grey', 'progressive', 'restarts'] as const) {
    const bytes = jpeg(name);
    for (let length = 3; length < bytes.length; length++) {
      assert.match(
        await refusal(bytes.subarray(0, length)),
        /^a\.jpg: truncated JPEG: \d+ bytes.*; copy the file again$/,
      );
    }
  }
  const grey = jpeg('grey');
  assert.is(
    await refusal(grey.subarray(0, 220)),
    'a.jpg: truncated JPEG: 220 bytes without an end marker; copy the file again',
  );
  assert.is(
    await refusal(grey.subarray(0, 30)),
    'a.jpg: truncated JPEG: 30 bytes, no scan of pixels; copy the file again',
  );
});

test('a file whose pixels are missing is refused, though it has an end', async () => {
  // The decoder ends a picture at a restart marker that is missing, and leaves the rest grey.
  const restarts = jpeg('restarts');
  const at = markerAt(restarts, 0xd1);
  const cut = Uint8Array.from([...restarts.subarray(0, at), 0xff, 0xd9]);
  assert.is(
    await refusal(cut),
    'a.jpg: damaged JPEG: a scan with 1 restart markers, expected 2 in turn; copy the file again',
  );
  assert.is(
    await refusal(patched(restarts, at + 1, 0xd2)),
    'a.jpg: damaged JPEG: a scan with 2 restart markers, expected 2 in turn; copy the file again',
  );
  const grey = jpeg('grey');
  const half = Uint8Array.from([...grey.subarray(0, grey.length - 20), 0xff, 0xd9]);
  assert.match(await rejection(read(half)), /^a\.jpg: damaged JPEG: it does not decode \(.*\); copy the file again$/);
});

test('what a scan cannot hold is refused before memory is taken', async () => {
  const grey = jpeg('grey');
  const frame = markerAt(grey, 0xc0);
  // 4000 rows of 4000.
  const large = patched(grey, frame + 5, 0x0f, 0xa0, 0x0f, 0xa0);
  const compressed = grey.length - 2 - (markerAt(grey, 0xda) + 10);
  assert.is(
    await refusal(large),
    `a.jpg: damaged JPEG: ${compressed} bytes of pixels, 250000 blocks take at least 62500; copy the file again`,
  );
  assert.is(
    await refusal(patched(grey, frame + 5, 0xff, 0xff, 0xff, 0xff)),
    'a.jpg: too large: 65535x65535 of 8-bit grey takes 4294836225 bytes, expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles',
  );
  assert.is(
    await refusal(patched(grey, frame + 5, 0x30, 0x00, 0x30, 0x00)),
    'a.jpg: too large: 12288x12288 of 8-bit grey has 150994944 samples, expected at most 134217728 in a JPEG; cut it into tiles',
  );
  assert.is(await refusal(patched(grey, frame + 5, 0, 0)), 'a.jpg: damaged JPEG: 20x0 holds no pixel; save it again');
});

test('more scans than any encoder writes are refused', async () => {
  const bytes = jpeg('progressive');
  const scan = bytes.subarray(markerAt(bytes, 0xda), -2);
  const many = [...bytes.subarray(0, -2), ...Array.from({ length: 100 }, () => [...scan]).flat(), 0xff, 0xd9];
  assert.is(await refusal(Uint8Array.from(many)), 'a.jpg: damaged JPEG: more than 100 scans; copy the file again');
});

test('kinds that are not read are refused by their names', async () => {
  const grey = jpeg('grey');
  const frame = markerAt(grey, 0xc0);
  assert.is(
    await refusal(jpeg('cmyk')),
    'a.jpg: a JPEG in CMYK (4 components), expected grey or colour; convert it to RGB',
  );
  assert.is(
    await refusal(patched(grey, frame + 1, 0xc9)),
    'a.jpg: a JPEG with arithmetic coding is not read; save it as a baseline JPEG or as PNG',
  );
  assert.is(
    await refusal(patched(grey, frame + 1, 0xc3)),
    'a.jpg: a lossless JPEG is not read; save it as a baseline JPEG or as PNG',
  );
  assert.is(
    await refusal(patched(grey, frame + 4, 12)),
    'a.jpg: a JPEG of 12 bits a sample, expected 8; convert it to PNG',
  );
  assert.is(
    await refusal(patched(grey, frame + 11, 0x51)),
    'a.jpg: a JPEG with components 1: 5x1 is not read; save it as a plain JPEG or as PNG',
  );
});

test('a changed file gives an image or an InputError', async () => {
  const random = new Random(seedKey(5));
  const seeds = (['grey', 'progressive', 'restarts', 'subsampled'] as const).map(jpeg);
  for (let round = 0; round < 600; round++) {
    const bytes = Uint8Array.from(seeds[round % seeds.length]!);
    for (let k = random.integer(3); k >= 0; k--) bytes[random.integer(bytes.length)] = random.integer(256);
    await read(bytes).catch((error) => {
      assert.instance(error, InputError, String(error));
      assert.not.match(error.message, '\n');
    });
  }
});

test.run();
