/** Converts any data folder to pairs of files of one format: pictures and arrays of each image, TIFF and NIfTI of each volume. */

import { readBytes } from '#platform/files/read.js';
import { type DataFolder, readDataFolder } from '../../data/folder/folder.js';
import type { FolderRecord, ReadingOptions, RecordFile } from '../../data/folder/format.js';
import type { LabelledImage } from '../../data/record.js';
import type { Plane } from '../../image/plane.js';
import { nodeFiles } from '../../platform/node/files/node-files.js';
import { WholeFolder } from '../../platform/node/files/whole-folder.js';
import { type Observer, progressOf } from '../observer.js';
import { readingOf } from '../options/data-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { type ConvertFormat, type EncodedPair, encodePicture, encodeSlices, planeToName } from './converted-files.js';

export interface ConvertFolderOptions extends ForceOption, ReadingOptions {
  /** The data folder. */
  readonly data: string;
  /** The folder that is written. */
  readonly out: string;
  /** What images and masks are written as. Default: PNG, and .npy for images that PNG does not hold. */
  readonly format?: ConvertFormat;
}

/** What was written. */
export interface ConvertedFolder {
  readonly images: number;
  /** How many patients there are; 0 where they are not known. */
  readonly patients: number;
  /** The bits of a sample that occur, ascending. */
  readonly bits: readonly number[];
  /** The least and the greatest value stored; values are not stretched. */
  readonly range: readonly [number, number];
  /** The plane that must be named for the volumes to be cut as they were; absent where they are without it. */
  readonly plane?: Plane;
  readonly classNames: readonly string[];
}

/** @throws InputError for a folder that cannot be read, or one that holds something where the result would be */
export async function convertFolder(options: ConvertFolderOptions, observer: Observer): Promise<ConvertedFolder> {
  const { data, out } = options;
  const outputs = outputsOf(options, { '--data': data });
  await outputs.newFolder(out);
  const folder = await readDataFolder(nodeFiles, data, readingOf(options));
  const target = new WholeFolder(out);
  try {
    const written = await write(folder, target, options.format, observer);
    await target.finish(outputs.force);
    return { ...written, classNames: folder.classNames };
  } finally {
    await target.discard();
  }
}

async function write(
  folder: DataFolder,
  target: WholeFolder,
  format: ConvertFormat | undefined,
  observer: Observer,
): Promise<Omit<ConvertedFolder, 'classNames'>> {
  const { classNames, splitFile } = folder;
  const records = [...folder.records.values()];
  const told = progressOf(observer, 'convert');
  const bits = new Set<number>();
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  let [done, plane] = [0, undefined as Plane | undefined];
  const readOne = async ({ read }: FolderRecord): Promise<LabelledImage> => {
    const content = await read();
    const { data } = content.image;
    bits.add(8 * data.BYTES_PER_ELEMENT);
    for (const value of data) {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    told(++done, records.length);
    return content;
  };
  const writePair = async (name: string, { endings, image, mask }: EncodedPair) => {
    await target.write(`images/${name}${endings[0]}`, image);
    await target.write(`masks/${name}${endings[1]}`, mask);
  };
  if (format === 'tiff' || format === 'nifti') {
    for (const [file, own] of byFile(records)) {
      const slices: LabelledImage[] = [];
      for (const record of own) slices.push(await readOne(record));
      const pair = await encodeSlices(format, slices, file, classNames);
      plane ??= await planeToName(pair.image, file);
      await writePair(file.name, pair);
    }
  } else {
    for (const record of records) {
      const { name } = record;
      await writePair(name, encodePicture(format, await readOne(record), name, classNames.length));
    }
  }
  const known = records.filter(({ patient }) => patient !== undefined);
  // A patients.json names all images: one without a patient stands for itself.
  const origins = Object.fromEntries(records.map(({ name, patient = name, label }) => [name, { patient, label }]));
  if (known.length > 0) await target.write('patients.json', `${JSON.stringify(origins, null, 1)}\n`);
  await target.write('classes.json', `${JSON.stringify(classNames)}\n`);
  if (splitFile) await target.write('split.json', await readBytes(splitFile));
  const patients = new Set(known.map(({ patient }) => patient)).size;
  const sorted = [...bits].sort((a, b) => a - b);
  return { images: records.length, patients, bits: sorted, range: [least, greatest], ...(plane && { plane }) };
}

/** The images of each file: its slices, in their order. */
function byFile(records: readonly FolderRecord[]): ReadonlyMap<RecordFile, readonly FolderRecord[]> {
  const files = new Map<RecordFile, FolderRecord[]>();
  for (const record of records) {
    const own = files.get(record.file) ?? [];
    own.push(record);
    files.set(record.file, own);
  }
  return files;
}
