/** DICOM files by themselves: their transfer syntaxes, their numbers, their colours, their frames. */
import { deflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dicomFormat } from '../../../src/formats/dicom/format.js';
import { isImage, openImage } from '../../../src/formats/formats.js';
import { SIGNATURE_BYTES } from '../../../src/formats/signature.js';
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

const TWELVE = Array.from({ length: 12 }, (_, k) => 1000 * k + 7);

/** The numbers of the first slice. */
async function numbersOf(source: ByteSource): Promise<number[]> {
  return [...(await (await openImage(source)).read(0)).data];
}

async function headerOf(source: ByteSource) {
  return (await openImage(source)).header;
}

test('a picture is read in each of the uncompressed syntaxes', async () => {
  for (const syntax of [SYNTAX.explicit, SYNTAX.implicit, SYNTAX.big]) {
    const source = pictureOf(['OW', TWELVE], { '00280030': ['DS', '0.5\\.25'] }, syntax);
    const opened = await openImage(source);
    const size = { width: 4, height: 3, channels: 1 };
    assert.equal(opened.header, { ...size, bits: 16, samples: 'unsigned', slices: 1, spacing: [0.5, 0.25] });
    await opened.verify();
    assert.equal(await opened.read(0), { ...size, data: Uint16Array.from(TWELVE), spacing: [0.5, 0.25] });
    const window = await opened.read(0, { left: 1, top: 1, width: 2, height: 1 });
    assert.equal([...window.data], [5007, 6007]);
  }
});

test('a deflated file is inflated', async () => {
  const fields = { ...PICTURE, '7fe00010': ['OW', TWELVE] as Field };
  const bytes = buildDicom({ syntax: SYNTAX.deflated, fields, pack: deflateRawSync });
  assert.equal(await numbersOf(sourceOf(bytes, 'scan.dcm')), TWELVE);
});

test('a file without preamble is known by its first elements, and nothing else is', async () => {
  const fields = { ...PICTURE, '7fe00010': ['OW', TWELVE] as Field };
  for (const syntax of [SYNTAX.explicit, SYNTAX.implicit]) {
    const source = sourceOf(buildDicom({ syntax, fields, isBare: true }), 'IM0001');
    assert.is(await isImage(source), true);
    assert.equal(await numbersOf(source), TWELVE);
  }
  const bytes = buildDicom({ fields, isBare: true });
  const other = (at: number, value: number) => {
    const changed = bytes.slice(0, SIGNATURE_BYTES);
    changed[at] = value;
    return dicomFormat.matches(changed);
  };
  assert.equal(
    [other(0, 9), other(2, 0x19), other(4, 0x2e), other(7, 1), dicomFormat.matches(bytes.slice(0, 9))],
    [false, false, false, false, false],
  );
  assert.is(dicomFormat.matches(new Uint8Array(348)), false);
});

test('signed numbers and those of 8 and 32 bits are real values', async () => {
  const signed: Fields = { '00280103': ['US', [1]] };
  const values = [-32768, -1, 0, 1, 32767, 5, 6, 7, 8, 9, 10, 11];
  const image = await (await openImage(pictureOf(['OW', values], signed))).read(0);
  assert.equal(image.data, Float32Array.from(values));
  const bytes = { '00280100': ['US', [8]], '00280101': ['US', [8]], '00280102': ['US', [7]] } as const;
  const small = values.map((value) => value & 255);
  assert.equal(
    (await (await openImage(pictureOf(['OB', Uint8Array.from(small)], bytes))).read(0)).data,
    Uint8Array.from(small),
  );
  assert.equal(await numbersOf(pictureOf(['OB', Uint8Array.from(small)], { ...bytes, ...signed })), [
    ...new Int8Array(Uint8Array.from(small)),
  ]);
  const long = { '00280100': ['US', [32]], '00280101': ['US', [32]], '00280102': ['US', [31]] } as const;
  const pixels: Field = ['OW', new Uint8Array(Int32Array.from(values, (value) => 1000 * value).buffer)];
  assert.equal(
    await numbersOf(pictureOf(pixels, { ...long, ...signed })),
    values.map((value) => 1000 * value),
  );
});

test('bits that do not count are cut off, and the highest that does is the sign', async () => {
  const twelve = { '00280101': ['US', [12]], '00280102': ['US', [11]] } as const;
  const pixels: Field = ['OW', [0x0fff, 0xf800, 0x07ff, ...Array(9).fill(0)]];
  assert.equal((await numbersOf(pictureOf(pixels, twelve))).slice(0, 3), [4095, 2048, 2047]);
  const signed = { ...twelve, '00280103': ['US', [1]] } as const;
  assert.equal((await numbersOf(pictureOf(pixels, signed))).slice(0, 3), [-1, -2048, 2047]);
  const high = { '00280101': ['US', [12]], '00280102': ['US', [15]], '00280103': ['US', [1]] } as const;
  assert.equal(
    (await numbersOf(pictureOf(['OW', [0xfff0, 0x801f, 0x7ff0, ...Array(9).fill(0)]], high))).slice(0, 3),
    [-1, -2047, 2047],
  );
});

test('floating point pixels are read as they are', async () => {
  const floats = Float32Array.from({ length: 12 }, (_, k) => k / 3);
  const fields = (tag: string, data: Float32Array | Float64Array): Fields => ({
    ...PICTURE,
    [tag]: [tag === '7fe00008' ? 'OF' : 'OD', new Uint8Array(data.buffer)],
  });
  for (const [tag, data, bits] of [
    ['7fe00008', floats, 32],
    ['7fe00009', Float64Array.from(floats), 64],
  ] as const) {
    const opened = await openImage(sourceOf(buildDicom({ fields: fields(tag, data) }), 'map.dcm'));
    assert.equal([opened.header.bits, opened.header.samples], [bits, 'float']);
    assert.equal((await opened.read(0)).data, floats);
  }
});

test('a rescale gives real values, and one of nothing leaves whole numbers', async () => {
  const scale: Fields = { '00281052': ['DS', '-1024'], '00281053': ['DS', '0.5'] };
  assert.equal(
    await numbersOf(pictureOf(['OW', TWELVE], scale)),
    TWELVE.map((value) => value / 2 - 1024),
  );
  const none: Fields = { '00281052': ['DS', '0'], '00281053': ['DS', '1'] };
  assert.instance((await (await openImage(pictureOf(['OW', TWELVE], none))).read(0)).data, Uint16Array);
});

test('MONOCHROME1 is mirrored within its bits, but not what a rescale gave a unit', async () => {
  const inverted: Fields = { '00280004': ['CS', 'MONOCHROME1'], '00280101': ['US', [12]], '00280102': ['US', [11]] };
  const values = Array.from({ length: 12 }, (_, k) => 100 * k);
  const source = pictureOf(['OW', values], inverted);
  assert.equal(
    await numbersOf(source),
    values.map((value) => 4095 - value),
  );
  assert.equal((await headerOf(source)).remarks, [
    'Low values are bright in it (MONOCHROME1): values are mirrored within their bits.',
  ]);
  const scaled = pictureOf(['OW', values], { ...inverted, '00281053': ['DS', '2'], '00281052': ['DS', '0'] });
  assert.equal(
    await numbersOf(scaled),
    values.map((value) => 2 * value),
  );
  assert.equal((await headerOf(scaled)).remarks, [
    'Low values are bright in it (MONOCHROME1): its rescaled values are left as they are.',
  ]);
  const signed = pictureOf(['OW', values], { ...inverted, '00280103': ['US', [1]] });
  assert.equal((await numbersOf(signed)).slice(0, 2), [-1, -101]);
});

test('pixels of one bit are black and white, and frames of them follow each other without a gap', async () => {
  const bits: Fields = {
    ...{ '00280100': ['US', [1]], '00280101': ['US', [1]], '00280102': ['US', [0]] },
    '00280008': ['IS', '2'],
  };
  const opened = await openImage(pictureOf(['OB', Uint8Array.of(0b00000101, 0b00010000, 0b10000000, 0)], bits));
  assert.equal([...(await opened.read(0)).data], [255, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal([...(await opened.read(1)).data], [255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
});

const COLOURS: Fields = {
  '00280002': ['US', [3]],
  '00280004': ['CS', 'RGB'],
  '00280006': ['US', [0]],
  '00280010': ['US', [1]],
  '00280011': ['US', [2]],
  '00280100': ['US', [8]],
  '00280101': ['US', [8]],
  '00280102': ['US', [7]],
};

test('colours are RGB pixel by pixel, however they are stored', async () => {
  const rgb = [10, 20, 30, 40, 50, 60];
  assert.equal(await numbersOf(pictureOf(['OB', Uint8Array.from(rgb)], COLOURS)), rgb);
  const planar: Fields = { ...COLOURS, '00280006': ['US', [1]] };
  assert.equal(await numbersOf(pictureOf(['OB', Uint8Array.of(10, 40, 20, 50, 30, 60)], planar)), rgb);
  const ybr: Fields = { ...COLOURS, '00280004': ['CS', 'YBR_FULL'] };
  assert.equal(
    await numbersOf(pictureOf(['OB', Uint8Array.of(76, 85, 255, 29, 255, 107)], ybr)),
    [254, 0, 0, 0, 0, 254],
  );
  const half: Fields = { ...COLOURS, '00280004': ['CS', 'YBR_FULL_422'] };
  assert.equal(
    await numbersOf(pictureOf(['OB', Uint8Array.of(100, 200, 128, 128)], half)),
    [100, 100, 100, 200, 200, 200],
  );
});

test('a palette gives colours, with the indices beside them', async () => {
  const lut = (bytes: number[]): Field => ['OW', Uint8Array.from(bytes)];
  const palette: Fields = {
    ...COLOURS,
    '00280002': ['US', [1]],
    '00280004': ['CS', 'PALETTE COLOR'],
    '00281101': ['US', [2, 5, 8]],
    '00281102': ['US', [2, 5, 8]],
    '00281103': ['US', [2, 5, 8]],
    '00281201': lut([1, 2]),
    '00281202': lut([3, 4]),
    '00281203': lut([5, 6]),
  };
  const opened = await openImage(pictureOf(['OB', Uint8Array.of(5, 9)], palette));
  assert.is(opened.header.channels, 3);
  const image = await opened.read(0);
  assert.equal([...image.data], [1, 3, 5, 2, 4, 6]);
  assert.equal(image.indices, Uint8Array.of(5, 9));
  const wide: Fields = {
    ...palette,
    ...Object.fromEntries(['1', '2', '3'].map((c) => [`0028110${c}`, ['US', [2, 0, 16]] as Field])),
    ...Object.fromEntries(['1', '2', '3'].map((c) => [`0028120${c}`, lut([0, 1, 0, 255])])),
  };
  assert.equal(
    (await (await openImage(pictureOf(['OB', Uint8Array.of(0, 1)], wide))).read(0)).data,
    Uint16Array.of(256, 256, 256, 65280, 65280, 65280),
  );
});

test('RLE holds the high bytes first, and colours in segments of their own', async () => {
  const values = Array.from({ length: 12 }, (_, k) => 300 * k);
  const frame = rle([values.map((value) => value >> 8), values.map((value) => value & 255)]);
  assert.equal(await numbersOf(pictureOf(fragments([frame]), {}, SYNTAX.rle)), values);
  const rgb = rle([
    [1, 1],
    [3, 4],
    [5, 6],
  ]);
  assert.equal(await numbersOf(pictureOf(fragments([rgb]), COLOURS, SYNTAX.rle)), [1, 3, 5, 1, 4, 6]);
});

test('frames are assigned to fragments by their number, by a table, or by how they begin', async () => {
  const frames: Fields = { '00280008': ['IS', '2'] };
  const segments = [0, 1].map((first) => rle([Array(12).fill(first), Array(12).fill(7)]));
  const [a, b] = segments as [Uint8Array, Uint8Array];
  const halves = [a.subarray(0, 40), a.subarray(40), b];
  for (const pixels of [fragments([a, b]), fragments(halves, [0, 8 + 40 + 8 + a.length - 40])]) {
    const opened = await openImage(pictureOf(pixels, frames, SYNTAX.rle));
    await opened.verify();
    assert.equal([(await opened.read(0)).data[0], (await opened.read(1)).data[11]], [7, 263]);
  }
  const table = Buffer.alloc(16);
  table.writeBigUInt64LE(BigInt(16 + a.length), 8);
  const extended = { ...frames, '7fe00001': ['OV', table] as Field };
  const opened = await openImage(pictureOf(fragments(halves), extended, SYNTAX.rle));
  assert.is((await opened.read(1)).data[0], 263);
});

test('frames that are deflated one by one are inflated', async () => {
  const frame = deflateRawSync(new Uint8Array(Uint16Array.from(TWELVE).buffer));
  assert.equal(await numbersOf(pictureOf(fragments([frame]), {}, SYNTAX.deflatedFrames)), TWELVE);
});

test('the spacing of a detector is told apart', async () => {
  const header = await headerOf(pictureOf(['OW', TWELVE], { '00181164': ['DS', '0.1\\0.2'] }));
  assert.equal(header.spacing, [0.1, 0.2]);
  assert.equal(header.remarks, ['Its spacing is that at the detector (ImagerPixelSpacing).']);
});

test('who the patient is stays in the file', async () => {
  const names: Fields = { '00100010': ['PN', 'Doe^Jane'], '00100020': ['LO', 'P7'] };
  assert.not.match(JSON.stringify(await headerOf(pictureOf(['OW', TWELVE], names))), /Doe|P7/);
});

test('a header that is longer than what is read at first is read on', async () => {
  const long: Fields = { '00204000': ['UN', new Uint8Array(300_000).fill(32)] };
  assert.equal(await numbersOf(pictureOf(['OW', TWELVE], long)), TWELVE);
});

test.run();
