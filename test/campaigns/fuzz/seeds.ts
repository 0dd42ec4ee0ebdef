/** Small files of each kind, the same in every campaign. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { encode as encodeJpeg } from 'jpeg-js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { exportOnnx } from '../../../src/export/onnx/onnx.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodePng } from '../../../src/formats/png/encode.js';
import { readSafetensors, type StoredTensor } from '../../../src/formats/safetensors.js';
import { encodeTiff } from '../../../src/formats/tiff/write.js';
import { createModel, Model } from '../../../src/model/model.js';
import { decodeModel, encodeModel } from '../../../src/model/modelfile.js';
import { weightFormats } from '../../../src/model/weight-formats.js';
import { buildDicom, type Fields, fragments, PICTURE, rle, SYNTAX } from '../../fixtures/dicom.js';
import { codedFrame } from '../../fixtures/dicom-frames.js';
import { exif, jpeg, withSegment } from '../../fixtures/jpeg.js';
import { putMat } from '../../fixtures/mat.js';
import { buildNifti, sformOf, zipped } from '../../fixtures/nifti.js';
import { buildPng, COLOUR, chunk, packLines } from '../../fixtures/png.js';
import { buildTiff, bytesOf, deflated, lzw, storedTiff } from '../../fixtures/tiff.js';
import { GOLDEN } from '../../support/cli/cli.js';
import { metricsOf } from '../../support/cli/runs.js';

export interface Seeds {
  readonly split: readonly string[];
  readonly patients: readonly string[];
  readonly classes: readonly string[];
  readonly imports: readonly string[];
  readonly config: readonly string[];
  readonly metrics: readonly string[];
  readonly png: readonly Uint8Array[];
  readonly npy: readonly Uint8Array[];
  readonly tiff: readonly Uint8Array[];
  readonly jpeg: readonly Uint8Array[];
  readonly dicom: readonly Uint8Array[];
  readonly nifti: readonly Uint8Array[];
  readonly model: readonly Uint8Array[];
  readonly checkpoint: readonly Uint8Array[];
  readonly onnx: readonly Uint8Array[];
  readonly mat: readonly Uint8Array[];
  /** The weights that the configurations of import-torch are for. */
  readonly torch: ReadonlyMap<string, StoredTensor>;
}

/** @param run the folder of a small training, which was seeded as the campaign is not */
export async function seedsOf(run: string): Promise<Seeds> {
  const file = (name: string) => new Uint8Array(readFileSync(join(run, name)));
  const model = file('model.safetensors');
  const { metadata, tensors } = await readSafetensors(model, 'model');
  const read = await decodeModel(model, 'model', new ReferenceBackend());
  const metrics = metricsOf(run).map((line) =>
    JSON.stringify({ ...line, seconds: 1, imagesPerSecond: 9, memoryBytes: 9 }),
  );
  return {
    split: ['{"train":["a","b"],"validation":["c"],"test":["d"]}', '{ "train": ["d", "c"],\n  "validation": ["a"] }\n'],
    patients: [
      '{"a":{"patient":"p1","label":"x"},"b":{"patient":"p1"},"c":{"patient":2},"d":{"patient":"p3","label":7}}',
      '{ "a": { "patient": "é" }, "b": { "patient": "1" },\n "c": { "patient": "2" }, "d": { "patient": "3" } }',
    ],
    classes: ['["core", "edema"]', '["a","b","c","d","e"]\n'],
    imports: [metadata.config!, '{"filters": [2,4,6], "norm": "batch", "deepSupervision": true}'],
    config: [readFileSync(join(run, 'config.json'), 'utf8')],
    metrics: [`${metrics.join('\n')}\n`],
    png: pngs(),
    npy: [encodeNpy([5, 4], Uint8Array.from(Array(20).keys())), encodeNpy([3, 2, 5], new Float32Array(30).fill(0.5))],
    tiff: tiffs(),
    jpeg: jpegs(),
    dicom: dicoms(),
    nifti: niftis(),
    model: await Promise.all(weightFormats.map((weights) => encodeModel(read, { weights }))),
    checkpoint: [file('checkpoint.safetensors'), file('checkpoint-previous.safetensors')],
    onnx: await networks(model),
    mat: await mats(),
    torch: tensors,
  };
}

/** Our export of a model with group norm, and one of PyTorch's. */
async function networks(model: Uint8Array): Promise<Uint8Array[]> {
  const backend = new ReferenceBackend();
  const { config, parameters } = await decodeModel(model, 'model', backend);
  const grouped = createModel({ ...config, norm: 'group' }, { backend });
  return [
    await exportOnnx(new Model(config, parameters), { size: { width: 9, height: 7 }, preprocessing: true }),
    await exportOnnx(grouped, { output: 'logits' }),
    new Uint8Array(readFileSync(join(GOLDEN, 'onnx-folded.onnx'))),
  ];
}

/**
 * One of each colour type, below 8 bits, of 8 and of 16, interlaced, and with texts. Their pixels take different numbers of
 * bytes: chunks of two of them, each whole, would otherwise make a third image, whose checksums are right.
 */
function pngs(): Uint8Array[] {
  const samples = (length: number, most: number) => Array.from({ length }, (_, i) => (i * 7) % (most + 1));
  const image = (channels: number, data: Uint8Array | Uint16Array) => {
    return { width: data.length / channels / 5, height: 5, channels, data };
  };
  const palette = chunk('PLTE', Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 255, 0));
  const lines = packLines(samples(30, 2), 6, 2);
  const grey = { width: 6, height: 5, depth: 8, colour: COLOUR.grey };
  // The passes of Adam7 of an image of one pixel are one line.
  const dot = { width: 1, height: 1, depth: 8, colour: COLOUR.grey, interlace: 1, lines: Uint8Array.of(0, 77) };
  return [
    ...[1, 2, 3, 4].map((channels) => encodePng(image(channels, Uint8Array.from(samples(30 * channels, 255))))),
    encodePng(image(1, Uint16Array.from(samples(35, 65535)))),
    encodePng(image(1, Uint8Array.from(samples(40, 1)))),
    buildPng({ ...grey, depth: 2, colour: COLOUR.palette, before: [palette], lines }),
    buildPng({ ...grey, depth: 1, lines: packLines(samples(30, 1), 6, 1) }),
    buildPng({
      ...grey,
      before: [chunk('tEXt', Buffer.from('Software\0unetpp'))],
      lines: packLines(samples(30, 255), 6, 8),
    }),
    buildPng(dot),
  ];
}

/** Strips and tiles, of each compression, of ImageJ and of OME. */
function tiffs(): Uint8Array[] {
  const bytes = Uint8Array.from({ length: 60 }, (_, k) => k * 3);
  const strips = [bytes.subarray(0, 40), bytes.subarray(40)];
  const page = { width: 5, height: 3, samples: 4, rowsPerStrip: 2 };
  const grey = { width: 6, height: 5, data: Uint16Array.from({ length: 30 }, (_, k) => k * 999), channels: 1 };
  const imageJ = 'ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\nunit=um\nspacing=2\n';
  const sizes = 'SizeX="6" SizeY="5" SizeC="2" SizeZ="2" SizeT="1" PhysicalSizeX="0.5"';
  const ome = `<?xml version="1.0"?><OME><Image><Pixels DimensionOrder="XYCZT" ${sizes}><TiffData IFD="0"/></Pixels></Image></OME>`;
  const unit = { x: [2, 1], y: [2, 1], unit: 1 } as const;
  const tile = { width: 20, height: 20, tile: [16, 16], compression: 8, bits: 16 } as const;
  const tiles = Array.from({ length: 4 }, (_, k) => deflated(new Uint8Array(512).fill(k)));
  const jpegs = { width: 20, height: 13, compression: 7 };
  return [
    encodeTiff([grey, grey], {}, 'a'),
    encodeTiff([grey, grey, grey, grey], { description: imageJ, resolution: unit }, 'a'),
    encodeTiff([grey, grey, grey, grey], { description: ome.replace('IFD="0"', ''), resolution: unit }, 'a'),
    buildTiff([{ ...page, blocks: strips, tags: { 338: { short: [2] } } }], { big: true }),
    buildTiff([{ ...page, compression: 5, blocks: strips.map(lzw), tags: { 317: { short: [2] } } }]),
    buildTiff([{ ...page, compression: 8, blocks: strips.map(deflated) }], { littleEndian: false }),
    buildTiff([{ ...tile, blocks: tiles, tags: { 317: { short: [2] } } }], { big: true, littleEndian: false }),
    buildTiff([{ bits: 32, format: 3, compression: 8, blocks: [deflated(bytesOf('Float32', Array(12).fill(2)))] }]),
    buildTiff([
      { ...page, samples: 1, bits: 2, photometric: 3, blocks: strips, tags: { 320: { short: Array(12).fill(7) } } },
    ]),
    buildTiff([{ ...jpegs, blocks: [jpeg('grey')] }]),
    buildTiff([{ ...jpegs, samples: 3, photometric: 6, blocks: [jpeg('subsampled')] }]),
    storedTiff('zstd'),
  ];
}

function jpegs(): Uint8Array[] {
  const plain = (['grey', 'colour', 'subsampled', 'progressive', 'restarts', 'rgb'] as const).map(jpeg);
  return [...plain, withSegment(jpeg('grey'), 0xe1, exif(6))];
}

/** One of each way to write numbers and to compress them, and frames with values of their own. */
function dicoms(): Uint8Array[] {
  const grey = Array.from({ length: 12 }, (_, k) => 300 * k);
  const native: Fields = { ...PICTURE, '00281052': ['DS', '-1024'], '7fe00010': ['OW', grey] };
  const place = (z: number): Fields => ({ '00209113': ['SQ', [{ '00200032': ['DS', `0\\0\\${z}`] }]] });
  const shared: Fields = {
    '00209116': ['SQ', [{ '00200037': ['DS', '1\\0\\0\\0\\1\\0'] }]],
    '00289110': ['SQ', [{ '00280030': ['DS', '2\\3'] }]],
  };
  const groups: Fields = { '52009229': ['SQ', [shared]], '52009230': ['SQ', [place(5), place(4)]] };
  const frames: Fields = { ...PICTURE, ...groups, '00280008': ['IS', '2'] };
  const packed = rle([grey.map((value) => value >> 8), grey.map((value) => value & 255)]);
  const bytes: Fields = { '00280100': ['US', [8]], '00280101': ['US', [8]], '00280102': ['US', [7]] };
  const rgb: Fields = { ...PICTURE, ...bytes, '00280002': ['US', [3]], '00280004': ['CS', 'RGB'] };
  const lut = Object.fromEntries(
    ['1', '2', '3'].flatMap((last) => [
      [`0028110${last}`, ['US', [4, 0, 8]]] as const,
      [`0028120${last}`, ['OW', Uint8Array.of(1, 2, 3, 4)]] as const,
    ]),
  );
  const palette: Fields = { ...PICTURE, ...bytes, ...lut, '00280004': ['CS', 'PALETTE COLOR'] };
  const show = (segment: number, z: number): Fields => {
    return { ...place(z), '0062000a': ['SQ', [{ '0062000b': ['US', [segment]] }]] };
  };
  const segments: Fields = {
    ...{ ...frames, '52009230': ['SQ', [show(2, 5), show(1, 4)]] },
    ...{ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.66.4'], '00620001': ['CS', 'BINARY'] },
    ...{ '00280100': ['US', [1]], '00280101': ['US', [1]], '00280102': ['US', [0]] },
    '00620002': ['SQ', [1, 2].map((k): Fields => ({ '00620004': ['US', [k]], '00620005': ['LO', `class ${k}`] }))],
    '7fe00010': ['OB', Uint8Array.of(1, 2, 3, 4)],
  };
  const coded = (fields: Fields, frame: Uint8Array, syntax: string) => {
    return buildDicom({ syntax, fields: { ...fields, '7fe00010': fragments([frame]) } });
  };
  return [
    ...[SYNTAX.explicit, SYNTAX.implicit, SYNTAX.big].map((syntax) => buildDicom({ syntax, fields: native })),
    buildDicom({ fields: native, isBare: true }),
    buildDicom({ syntax: SYNTAX.deflated, fields: native, pack: deflateRawSync }),
    buildDicom({ fields: { ...frames, '7fe00010': ['OW', [...grey, ...grey]] } }),
    buildDicom({
      syntax: SYNTAX.rle,
      fields: { ...frames, '7fe00010': fragments([packed, packed], [0, packed.length + 8]) },
    }),
    buildDicom({ fields: { ...palette, '7fe00010': ['OB', Uint8Array.from(grey, (_, k) => k % 4)] } }),
    buildDicom({ fields: segments }),
    coded(PICTURE, codedFrame('greyJpegLs'), SYNTAX.jpegLs),
    coded(PICTURE, codedFrame('greyJpeg2000'), SYNTAX.jpeg2000),
    coded(rgb, codedFrame('rgbJpeg2000'), SYNTAX.jpeg2000),
    coded(PICTURE, codedFrame('greyLossless'), SYNTAX.jpegLossless),
    coded(rgb, jpegOf(4, 3), SYNTAX.jpeg),
  ];
}

function jpegOf(width: number, height: number): Uint8Array {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, k) => (k * 7) % 256);
  return new Uint8Array(encodeJpeg({ width, height, data }, 90).data);
}

/** Both versions and orders of bytes, a series, colours, and the three ways in which a file says where it lies. */
function niftis(): Uint8Array[] {
  const data = Array.from({ length: 48 }, (_, k) => k * 5);
  const sform = sformOf([
    [-1, 0.2, 0, 3],
    [0.2, 1, 0, 4],
    [0, 0, 2, 5],
  ]);
  const qform = { code: 1, bcd: [0.5, 0.5, 0.5] };
  const volume = buildNifti({ shape: [2, 3, 4, 2], type: 'int16', data, sform, slope: 0.5, inter: 3 });
  const second = buildNifti({ version: 2, order: 'big', shape: [4, 3, 4], type: 'float32', data, qform });
  const colours = buildNifti({ order: 'big', shape: [4, 4, 1], type: 'rgb24', data });
  const wide = buildNifti({ version: 2, shape: [3, 4, 4], type: 'int64', data, sform });
  return [volume, second, colours, wide, zipped(volume), zipped(second)];
}

async function mats(): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'unetpp-mat-'));
  try {
    const small = await putMat(folder, 'small.mat', { width: 6, height: 5 });
    const bytes = await putMat(folder, 'bytes.mat', { width: 4, height: 4, type: '<B', patient: '10-b' });
    return [small, bytes].map((path) => new Uint8Array(readFileSync(path)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
