/** Small files of each kind, the same in every campaign. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodePng } from '../../../src/formats/png/png.js';
import { readSafetensors, type StoredTensor } from '../../../src/formats/safetensors.js';
import { putMat } from '../../fixtures/mat.js';
import { buildNifti, sformOf, zipped } from '../../fixtures/nifti.js';
import { buildPng, COLOUR, chunk, packLines } from '../../fixtures/png.js';
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
  readonly nifti: readonly Uint8Array[];
  readonly model: readonly Uint8Array[];
  readonly checkpoint: readonly Uint8Array[];
  readonly mat: readonly Uint8Array[];
  /** The weights that the configurations of import-torch are for. */
  readonly torch: ReadonlyMap<string, StoredTensor>;
}

/** @param run the folder of a small training, which was seeded as the campaign is not */
export async function seedsOf(run: string): Promise<Seeds> {
  const file = (name: string) => new Uint8Array(readFileSync(join(run, name)));
  const model = file('model.safetensors');
  const { metadata, tensors } = await readSafetensors(model, 'model');
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
    nifti: niftis(),
    model: [model],
    checkpoint: [file('checkpoint.safetensors'), file('checkpoint-previous.safetensors')],
    mat: await mats(),
    torch: tensors,
  };
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
