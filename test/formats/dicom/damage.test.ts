/** DICOM files that are refused: each in one line that says what, where and what to do. */
import { deflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openImage } from '../../../src/formats/formats.js';
import { type ByteSource, sourceOf } from '../../../src/formats/source.js';
import {
  buildDicom,
  type Field,
  type Fields,
  fragments,
  PICTURE,
  pictureOf,
  rle,
  SYNTAX,
} from '../../fixtures/dicom.js';
import { rejection } from '../../support/throws.js';

const PIXELS: Field = ['OW', Array(12).fill(1)];

/** How a file is refused, at its header, its structure or its pixels. */
function refusal(source: ByteSource): Promise<string> {
  return rejection(
    openImage(source).then(async (opened) => {
      await opened.verify();
      return opened.read(0);
    }),
  );
}

function changed(fields: Fields, pixels: Field = PIXELS, syntax: string = SYNTAX.explicit): Promise<string> {
  return refusal(pictureOf(pixels, fields, syntax));
}

test('a file cut short is refused wherever it ends, without decoding it', async () => {
  const frame = rle([Array(12).fill(0), Array(12).fill(7)]);
  for (const source of [pictureOf(PIXELS), pictureOf(fragments([frame]), {}, SYNTAX.rle)]) {
    const bytes = await source.read(0, source.size);
    for (let length = 140; length < bytes.length; length++) {
      const verified = openImage(sourceOf(bytes.subarray(0, length), 'scan')).then((opened) => opened.verify());
      assert.match(await rejection(verified), /^scan: (truncated DICOM|damaged DICOM|not an image): .*$/);
    }
  }
  const bytes = buildDicom({ fields: { ...PICTURE, '7fe00010': PIXELS } });
  assert.is(
    await refusal(sourceOf(bytes.subarray(0, -2), 'scan.dcm')),
    'scan.dcm: truncated DICOM: 22 bytes of pixels, 1 frame of 4x3 take 24; copy the file again',
  );
});

test('pixels of another length than the header says are refused', async () => {
  assert.is(
    await changed({}, ['OW', Array(11).fill(1)]),
    'scan.dcm: damaged DICOM: 22 bytes of pixels, 1 frame of 4x3 take 24; copy the file again',
  );
  assert.is(
    await changed({ '00280008': ['IS', '3'] }),
    'scan.dcm: damaged DICOM: 24 bytes of pixels, 3 frames of 4x3 take 72; copy the file again',
  );
});

test('what is no image is refused by what it is', async () => {
  const { '00280010': _, ...noRows } = PICTURE;
  const of = (fields: Fields) => refusal(sourceOf(buildDicom({ fields }), 'a'));
  assert.is(await of(PICTURE), 'a: not an image: it has no pixels; give it files that hold images');
  assert.is(
    await of({ '00041220': ['SQ', []] }),
    'a: not an image: it is the table of contents of a disk (DICOMDIR); give it files that hold images',
  );
  assert.is(await of({ ...noRows, '7fe00010': PIXELS }), 'a: damaged DICOM: it has no Rows; export it again');
});

test('transfer syntaxes that are not read are named', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1.2.840.10008.1.2.4.100', 'MPEG-2 video'],
    ['1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000'],
    ['1.2.840.10008.1.2.4.53', 'a retired kind of JPEG'],
    ['1.2.3', 'of an unknown kind'],
  ];
  for (const [uid, kind] of cases) {
    const expected = `its transfer syntax "${uid}" is ${kind}, which is not read; convert it with gdcmconv --raw`;
    assert.is(await changed({}, PIXELS, uid), `scan.dcm: ${expected}`);
  }
});

test('sizes beyond the limits are refused before anything is allocated', async () => {
  const size = (rows: number, columns: number): Fields => ({
    '00280010': ['US', [rows]],
    '00280011': ['US', [columns]],
  });
  const limits = 'expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles';
  assert.is(
    await changed(size(1, 16385)),
    `scan.dcm: too large: 16385x1 of 16-bit MONOCHROME2 takes 32770 bytes, ${limits}`,
  );
  assert.is(
    await changed(size(16384, 16384)),
    `scan.dcm: too large: 16384x16384 of 16-bit MONOCHROME2 takes 536870912 bytes, ${limits}`,
  );
  assert.is(await changed(size(0, 4)), 'scan.dcm: damaged DICOM: 4x0 pixels; export it again');
  assert.is(
    await changed({ '00280008': ['IS', '9999999'] }),
    'scan.dcm: holds 9999999 frames, expected 1 to 131072; cut it into parts',
  );
});

test('numbers and colours that are not read are refused with what is', async () => {
  assert.is(
    await changed({ '00280100': ['US', [12]], '00280101': ['US', [12]], '00280102': ['US', [11]] }),
    'scan.dcm: 12 bits a sample, expected 1, 8, 16 or 32; convert it to 16 bits',
  );
  assert.is(
    await changed({ '00280101': ['US', [17]] }),
    'scan.dcm: damaged DICOM: 17 bits up to bit 15 of 16 bits a sample; export it again',
  );
  const known = 'expected 1 of MONOCHROME1, MONOCHROME2, PALETTE COLOR, or 3 of RGB, YBR_FULL or YBR_FULL_422';
  assert.is(
    await changed({ '00280004': ['CS', 'CMYK'], '00280002': ['US', [4]] }),
    `scan.dcm: holds 4 samples a pixel of "CMYK", ${known}; convert it with gdcmconv`,
  );
  assert.is(
    await changed({ '00280004': ['CS', 'RGB'] }),
    `scan.dcm: holds 1 samples a pixel of "RGB", ${known}; convert it with gdcmconv`,
  );
  assert.is(
    await changed({ '00280004': ['CS', 'YBR_FULL'], '00280002': ['US', [3]] }),
    'scan.dcm: YBR_FULL of unsigned numbers of 16 bits, expected unsigned ones of 8; convert it to RGB of 8 bits',
  );
  assert.is(
    await changed({ '00280004': ['CS', 'PALETTE COLOR'] }),
    'scan.dcm: holds PALETTE COLOR without a palette; convert it to RGB with gdcmconv',
  );
});

test('numbers that are no numbers are refused', async () => {
  assert.is(
    await changed({ '00281053': ['DS', 'one'] }),
    'scan.dcm: damaged DICOM: RescaleSlope is "one", expected a number; export it again',
  );
  assert.is(
    await changed({ '00280030': ['DS', '0.5'] }),
    'scan.dcm: damaged DICOM: PixelSpacing is "0.5", expected 2 numbers; export it again',
  );
  const data = new Uint8Array(Float32Array.of(...Array(11).fill(0), Number.NaN).buffer);
  assert.is(
    await refusal(sourceOf(buildDicom({ fields: { ...PICTURE, '7fe00008': ['OF', data] } }), 'map')),
    'map: frame 1: pixel (3, 2), channel 0 is NaN; expected finite numbers',
  );
});

test('fragments that do not make up the frames are refused', async () => {
  const frame = rle([Array(12).fill(0), Array(12).fill(7)]);
  const of = (pixels: Field, fields: Fields = {}) => changed(fields, pixels, SYNTAX.rle);
  assert.is(await of(fragments([])), 'scan.dcm: damaged DICOM: its pixels have no fragments; export it again');
  assert.is(await of(PIXELS), 'scan.dcm: damaged DICOM: pixels of RLE that are not in fragments; export it again');
  assert.is(
    await changed({}, fragments([frame])),
    'scan.dcm: damaged DICOM: fragments of pixels that are not compressed; export it again',
  );
  for (const offsets of [[], [0, 4], [8, 0]]) {
    assert.is(
      await of(fragments([frame, frame, frame], offsets), { '00280008': ['IS', '2'] }),
      'scan.dcm: damaged DICOM: 3 fragments of pixels for 2 frames, and no table that assigns them; export it again',
    );
  }
  assert.is(
    await of(fragments([new Uint8Array(70_000)])),
    'scan.dcm: damaged DICOM: frame 1 has 70000 bytes, expected at most 65584 for 24 of pixels; export it again',
  );
  const [vr, bytes] = fragments([frame]) as [string, Uint8Array];
  bytes[8] = 0;
  assert.match(await of([vr, bytes]), /^scan\.dcm: damaged DICOM: no fragment at byte \d+; copy the file again$/);
});

test('damaged frames of RLE are refused', async () => {
  const of = (frame: Uint8Array) => changed({}, fragments([frame]), SYNTAX.rle);
  assert.is(
    await of(rle([Array(12).fill(0)])),
    'scan.dcm: damaged DICOM: frame 1 has 1 segments of RLE, expected 2 of 1 samples a pixel; export it again',
  );
  assert.is(
    await of(rle([Array(12).fill(0), Array(11).fill(0)])),
    'scan.dcm: damaged DICOM: frame 1 is cut short: segment 2 has 11 of 12 bytes; copy it again',
  );
});

test('a deflated file is refused where its stream is damaged', async () => {
  const fields = { ...PICTURE, '7fe00010': PIXELS };
  const bytes = buildDicom({ syntax: SYNTAX.deflated, fields, pack: (data) => deflateRawSync(data).subarray(0, 50) });
  assert.is(
    await refusal(sourceOf(bytes, 'a')),
    'a: damaged DICOM: unexpected end of file in its deflated data set; copy the file again',
  );
});

test('deep nesting and lengths beyond the file are refused', async () => {
  const nested = Buffer.concat(
    Array(40_000).fill(
      Buffer.from([0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 254, 255, 0, 224, 255, 255, 255, 255]),
    ),
  );
  const bytes = Buffer.concat([buildDicom({ fields: {} }), nested]);
  assert.match(
    await refusal(sourceOf(bytes, 'a')),
    /^a: (damaged DICOM: its header does not end within its \d+ bytes|not an image)/,
  );
  const long = buildDicom({ fields: { '00080018': ['UI', '1.2'] } });
  long[long.length - 6] = 255;
  assert.match(
    await refusal(sourceOf(long, 'a')),
    /^a: damaged DICOM: its header does not end within its \d+ bytes \(".*"\); copy the file again$/,
  );
});

test.run();
