/** Compressed pixels of DICOM files: each codec gives what was encoded, in silence, and bears what is damaged. */
import jpeg from 'jpeg-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openImage } from '../../../src/formats/formats.js';
import { type Fields, fragments, pictureOf, SYNTAX } from '../../fixtures/dicom.js';
import { codedFrame } from '../../fixtures/dicom-frames.js';
import { rejection } from '../../support/throws.js';

const BYTES: Fields = { '00280100': ['US', [8]], '00280101': ['US', [8]], '00280102': ['US', [7]] };
const RGB: Fields = { ...BYTES, '00280002': ['US', [3]], '00280004': ['CS', 'RGB'], '00280006': ['US', [0]] };
const GREY_VALUES = Array.from({ length: 12 }, (_, k) => 300 * k);
const RGB_VALUES = Array.from({ length: 36 }, (_, k) => 7 * k);

const read = async (frame: Uint8Array, fields: Fields, syntax: string) => {
  return (await openImage(pictureOf(fragments([frame]), fields, syntax))).read(0);
};

/** All that is printed while `work` is done. */
async function printed(work: () => Promise<unknown>): Promise<string> {
  const { log, warn, error } = console;
  const lines: unknown[] = [];
  const write = process.stdout.write;
  console.log = console.warn = console.error = (...args: unknown[]) => lines.push(...args);
  process.stdout.write = (chunk: unknown) => lines.push(chunk) > 0;
  try {
    await work();
  } finally {
    Object.assign(console, { log, warn, error });
    process.stdout.write = write;
  }
  return lines.join('\n');
}

const CASES = [
  ['JpegLs', SYNTAX.jpegLs],
  ['Jpeg2000', SYNTAX.jpeg2000],
  ['Lossless', SYNTAX.jpegLossless],
] as const;

for (const [name, syntax] of CASES) {
  test(`${name}: grey of 16 bits and colours are those that were encoded`, async () => {
    const grey = codedFrame(`grey${name}`);
    assert.equal((await read(grey, {}, syntax)).data, Uint16Array.from(GREY_VALUES));
    assert.equal((await read(codedFrame(`rgb${name}`), RGB, syntax)).data, Uint8Array.from(RGB_VALUES));
    const signed: Fields = { '00280101': ['US', [12]], '00280102': ['US', [11]], '00280103': ['US', [1]] };
    assert.equal(
      [...(await read(grey, signed, syntax)).data],
      GREY_VALUES.map((value) => (value > 2047 ? value - 4096 : value)),
    );
  });

  test(`${name}: a size that is not the header's is refused before it is decoded`, async () => {
    const size: Fields = { '00280010': ['US', [30]] };
    assert.is(
      await rejection(read(codedFrame(`grey${name}`), size, syntax)),
      'scan.dcm: damaged DICOM: frame 1 holds 4x3x1 of 16 bits, expected 4x30x1 of at most 16; export it again',
    );
  });

  test(`${name}: damaged frames are refused or read, in silence, and whole ones are read after them`, async () => {
    const frame = codedFrame(`grey${name}`);
    const refused: string[] = [];
    const output = await printed(async () => {
      for (let at = 2; at < frame.length; at += 3) {
        for (const damaged of [frame.subarray(0, at), frame.map((byte, k) => (k === at ? byte ^ 0x55 : byte))]) {
          const message = await read(damaged, {}, syntax).then(
            () => undefined,
            (error: Error) => `${error.name}: ${error.message}`,
          );
          if (message !== undefined) refused.push(message);
        }
      }
    });
    assert.is(output, '');
    assert.ok(refused.length > 10, `${refused.length}`);
    for (const message of refused) {
      assert.match(message, /^InputError: scan\.dcm: damaged DICOM: frame 1 .*; (copy the file|export it) again$/);
    }
    assert.equal((await read(frame, {}, syntax)).data, Uint16Array.from(GREY_VALUES));
  });
}

test('baseline JPEG has the colours that the header names', async () => {
  const width = 8;
  const rgba = Uint8Array.from({ length: 4 * 64 }, (_, k) => (k % 4 === 3 ? 255 : 120 + 30 * (k % 4)));
  const frame = new Uint8Array(jpeg.encode({ width, height: 8, data: rgba }, 100).data);
  const size: Fields = { ...RGB, '00280010': ['US', [8]], '00280011': ['US', [8]] };
  const first = async (colours: string) => {
    const { data } = await read(frame, { ...size, '00280004': ['CS', colours] }, SYNTAX.jpeg);
    return [...data.subarray(0, 3)];
  };
  for (const [k, value] of (await first('YBR_FULL_422')).entries()) assert.ok(Math.abs(value - 120 - 30 * k) <= 2);
  // The luma and its differences, as they are: the header says that they are colours.
  const [luma, blue, red] = await first('RGB');
  assert.equal([luma! > 140, luma! < 150, blue! > 130, red! < 115], [true, true, true, true]);
});

test('frames that are cut short are refused before they are decoded', async () => {
  for (const [name, syntax] of CASES.filter(([name]) => name !== 'Jpeg2000')) {
    assert.is(
      await rejection(read(codedFrame(`grey${name}`).subarray(0, -2), {}, syntax)),
      'scan.dcm: damaged DICOM: frame 1 is cut short: it has no end; copy the file again',
    );
  }
  const frame = codedFrame('greyLossless');
  frame.set([1, 0], 7);
  const size: Fields = { '00280010': ['US', [256]] };
  assert.is(
    await rejection(read(frame, size, SYNTAX.jpegLossless)),
    'scan.dcm: damaged DICOM: frame 1 is cut short: 66 bytes, its codes take at least 128; copy the file again',
  );
});

test('JPEG of 12 bits, and JPEG 2000 of more packets than bytes, are refused', async () => {
  const extended = codedFrame('greyLossless');
  extended[3] = 0xc1;
  extended[6] = 12;
  assert.is(
    await rejection(read(extended, {}, SYNTAX.jpeg)),
    'scan.dcm: holds JPEG of 12 bits, for which there is no decoder; convert it with gdcmconv --raw',
  );
  const layers = codedFrame('greyJpeg2000');
  const cod = Buffer.from(layers.buffer).indexOf(Buffer.of(0xff, 0x52));
  layers[cod + 6] = 0xff;
  assert.is(
    await rejection(read(layers, {}, SYNTAX.jpeg2000)),
    `scan.dcm: damaged DICOM: frame 1 claims 130562 packets of JPEG 2000 in ${layers.length + 1} bytes; export it again`,
  );
});

test.run();
