/** What is read from files: seeds of each kind, how they are changed, and the reader that must bear it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resumedOptions } from '../../../src/app/runs/resume.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { parseJson } from '../../../src/base/json.js';
import type { Random } from '../../../src/base/random.js';
import { refuse } from '../../../src/data/faults.js';
import { indexMask, parseClasses } from '../../../src/data/folder/class-masks.js';
import { figshare } from '../../../src/data/folder/figshare.js';
import { binaryMask } from '../../../src/data/folder/mask.js';
import { parsePatients } from '../../../src/data/split/patients.js';
import { parseSplit } from '../../../src/data/split/split.js';
import { dicomFormat } from '../../../src/formats/dicom/format.js';
import { findSeries } from '../../../src/formats/dicom/series.js';
import { openImage } from '../../../src/formats/formats.js';
import { niftiFormat } from '../../../src/formats/nifti/format.js';
import { decodeNpy } from '../../../src/formats/npy.js';
import { decodePng } from '../../../src/formats/png/png.js';
import { sourceOf } from '../../../src/formats/source.js';
import { planes } from '../../../src/image/plane.js';
import { importOnnx } from '../../../src/import/onnx/import-onnx.js';
import { decodeModel, encodeModel } from '../../../src/model/modelfile.js';
import { importTorch } from '../../../src/model/torch.js';
import { DiskFolder } from '../../../src/platform/node/files/folder-store.js';
import { nodeFiles } from '../../../src/platform/node/files/node-files.js';
import { keepMetrics } from '../../../src/runs/metrics-file.js';
import { RunFolder } from '../../../src/runs/run-folder.js';
import { decodeCheckpoint } from '../../../src/train/checkpoint/checkpoint.js';
import { pick } from '../campaign.js';
import type { KindName } from './files.js';
import { mutate } from './mutate.js';
import { mutateJson } from './mutate-json.js';
import { mutateGzip, mutatePng, mutateSafetensors } from './seal.js';
import type { Seeds } from './seeds.js';

export interface Kind {
  readonly name: KindName;
  /** How many of about ten thousand inputs. A .mat takes as long as a thousand others, as the library restarts for each. */
  readonly share: number;
  readonly seeds: readonly Uint8Array[];
  /** A changed seed. */
  change(random: Random): Uint8Array;
  /** Whether a checksum holds it: what is accepted all the same must say what a seed says. */
  readonly sealed: boolean;
  /** @throws InputError for an input that is refused */
  read(bytes: Uint8Array): unknown;
}

const NAMES = ['a', 'b', 'c', 'd'];

/** @param folder an empty one, for the readers that read nothing but files */
export function kindsOf(seeds: Seeds, folder: string): Kind[] {
  const backend = new ReferenceBackend();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const readModel = (bytes: Uint8Array) => decodeModel(bytes, 'model', backend);
  const readCheckpoint = (bytes: Uint8Array) => decodeCheckpoint(bytes, 'checkpoint');
  const readPng = (bytes: Uint8Array) => decodePng(bytes, 'image.png');
  const readImport = async (bytes: Uint8Array) => {
    const config = parseJson(text(bytes), '--config');
    return importTorch(seeds.torch, config, { backend, file: 'net' });
  };
  return [
    json('split.json', 1200, seeds.split, (bytes) => parseSplit(text(bytes), NAMES, 'split.json')),
    json('patients.json', 1200, seeds.patients, (bytes) => parsePatients(text(bytes), NAMES, 'patients.json')),
    json('classes.json', 1000, seeds.classes, (bytes) => parseClasses(text(bytes), 'classes.json')),
    json('config of import-torch', 1000, seeds.imports, readImport),
    json('config.json of a run', 20, seeds.config, configReader(join(folder, 'config'))),
    json('metrics.jsonl', 10, seeds.metrics, metricsReader(join(folder, 'metrics'))),
    { ...changed('PNG', 1500, seeds.png, mutate, readPng), sealed: true },
    changed('PNG, checksums right', 1000, seeds.png, mutatePng, readPng),
    changed('mask, checksums right', 400, seeds.png, mutatePng, (bytes) => {
      const png = readPng(bytes);
      return png.width % 2 === 0 ? binaryMask(png, 'mask.png') : indexMask(png, 3, 'mask.png');
    }),
    changed('.npy', 400, seeds.npy, mutate, (bytes) => decodeNpy(bytes, 'image.npy')),
    changed('TIFF', 400, seeds.tiff, mutate, readSlices),
    changed('JPEG', 300, seeds.jpeg, mutate, readSlices),
    changed('DICOM', 300, seeds.dicom, mutate, readDicom),
    changed('NIfTI', 400, seeds.nifti, mutate, readNifti),
    changed('NIfTI, checksums right', 200, seeds.nifti, mutateGzip, readNifti),
    {
      ...changed('model', 900, seeds.model, mutate, async (bytes) => encodeModel(await readModel(bytes))),
      sealed: true,
    },
    changed('model, checksums right', 600, seeds.model, mutateSafetensors, readModel),
    { ...changed('checkpoint', 700, seeds.checkpoint, mutate, readCheckpoint), sealed: true },
    changed('checkpoint, checksums right', 460, seeds.checkpoint, mutateSafetensors, readCheckpoint),
    changed('ONNX', 400, seeds.onnx, mutate, (bytes) => importOnnx(bytes, { backend, file: 'net.onnx' })),
    changed('.mat', 3, seeds.mat, mutate, matReader(folder)),
  ];
}

/** Verifies a file and reads what it holds: all of it, and a window. */
async function readSlices(bytes: Uint8Array): Promise<unknown> {
  const opened = await openImage(sourceOf(bytes, 'image'));
  await opened.verify();
  const { slices } = opened.header;
  for (let slice = 0; slice < slices; slice++) await opened.read(slice);
  return opened.read(0, { left: 0, top: 0, width: 1, height: 1 });
}

function changed(
  name: KindName,
  share: number,
  seeds: readonly Uint8Array[],
  change: (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array,
  read: Kind['read'],
): Kind {
  return {
    name,
    share,
    seeds,
    sealed: false,
    change: (random) => change(pick(random, seeds), random, pick(random, seeds)),
    read,
  };
}

/** Changed as text, or as values: these are valid JSON. */
function json(name: KindName, share: number, texts: readonly string[], read: Kind['read']): Kind {
  const seeds = texts.map((text) => new TextEncoder().encode(text));
  const values = texts.map((text) => text.trimEnd().split('\n').map(tryParse));
  const isLines = values.every((lines) => lines.every((line) => line !== undefined));
  const kind = changed(name, share, seeds, mutate, read);
  return {
    ...kind,
    change(random) {
      if (random.integer(3) === 0) return kind.change(random);
      const at = random.integer(texts.length);
      const whole = isLines ? values[at]! : [JSON.parse(texts[at]!)];
      const line = random.integer(whole.length);
      const lines = whole.map((value, k) => (k === line ? mutateJson(value, random) : JSON.stringify(value)));
      return new TextEncoder().encode(`${lines.join('\n')}\n`);
    },
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file by itself and as one of a series, to its last slice. */
async function readDicom(bytes: Uint8Array): Promise<unknown> {
  const source = sourceOf(bytes, 'scan.dcm');
  const opened = await dicomFormat.open(source, {});
  await opened.verify();
  const [series] = await findSeries([source]);
  return [await opened.read(opened.header.slices - 1), await series!.open().read(0)];
}

/** All slices along the plane that the bytes decide, of the last volume there is. */
async function readNifti(bytes: Uint8Array): Promise<unknown> {
  const source = sourceOf(bytes, 'image.nii');
  const plane = planes[bytes.length % planes.length]!;
  const opened = await niftiFormat.open(source, { plane }).catch((error) => {
    const volumes = /holds (\d+) volumes/.exec(error.message)?.[1];
    if (volumes === undefined) throw error;
    return niftiFormat.open(source, { plane, volume: Number(volumes) });
  });
  await opened.verify();
  const slices = [];
  for (let z = 0; z < opened.header.slices; z++) slices.push(await opened.read(z));
  return slices;
}

function configReader(folder: string): Kind['read'] {
  mkdirSync(folder);
  return async (bytes) => {
    writeFileSync(join(folder, 'config.json'), bytes);
    const run = await RunFolder.open(folder);
    try {
      return resumedOptions(run, {});
    } finally {
      await run.close();
    }
  };
}

function metricsReader(folder: string): Kind['read'] {
  mkdirSync(folder);
  return (bytes) => {
    writeFileSync(join(folder, 'metrics.jsonl'), bytes);
    return keepMetrics(new DiskFolder(folder), 2);
  };
}

function matReader(folder: string): Kind['read'] {
  return async (bytes) => {
    writeFileSync(join(folder, 'scan.mat'), bytes);
    const { records } = await figshare.contents(
      { files: nodeFiles, dir: folder, entries: ['scan.mat'], reading: {} },
      refuse,
    );
    return records[0]!.read();
  };
}

/** What an accepted input says, whatever it was read as. */
export async function saysOf(read: unknown): Promise<string> {
  const bytes = (data: ArrayBufferView) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return JSON.stringify(await read, (_, value) => {
    if (ArrayBuffer.isView(value)) return bytes(value);
    if (value instanceof Map) return [...value];
    return value;
  });
}
