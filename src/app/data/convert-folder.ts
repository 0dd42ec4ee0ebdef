/** Converts any data folder to pairs of pictures: PNG, and .npy where PNG cannot hold an image. */
import { type DataFolder, readDataFolder } from '../../data/folder/folder.js';
import type { ReadingOptions } from '../../data/folder/format.js';
import { npyFormat } from '../../formats/npy.js';
import { pngFormat } from '../../formats/png/format.js';
import { encodePng } from '../../formats/png/png.js';
import { isConvertible } from '../../image/channels.js';
import { nodeFiles } from '../../platform/node/files/node-files.js';
import { readBytes } from '../../platform/node/files/read.js';
import { WholeFolder } from '../../platform/node/files/whole-folder.js';
import { storedMask } from '../../report/overlay.js';
import { type Observer, progressOf } from '../observer.js';
import { readingOf } from '../options/data-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';

export interface ConvertFolderOptions extends ForceOption, ReadingOptions {
  /** The data folder. */
  readonly data: string;
  /** The folder that is written. */
  readonly out: string;
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
    const written = await write(folder, target, observer);
    await target.finish(outputs.force);
    return { ...written, classNames: folder.classNames };
  } finally {
    await target.discard();
  }
}

async function write(
  folder: DataFolder,
  target: WholeFolder,
  observer: Observer,
): Promise<Omit<ConvertedFolder, 'classNames'>> {
  const { classNames, splitFile } = folder;
  const records = [...folder.records.values()];
  const told = progressOf(observer, 'convert');
  const bits = new Set<number>();
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const [k, { name, read }] of records.entries()) {
    const { image, mask } = await read();
    bits.add(8 * image.data.BYTES_PER_ELEMENT);
    for (const value of image.data) {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    const format = image.data instanceof Float32Array || !isConvertible(image.channels, 1) ? npyFormat : pngFormat;
    await target.write(`images/${name}${format.extensions[0]}`, format.encode!(image, name));
    await target.write(`masks/${name}.png`, encodePng(storedMask(mask, classNames.length)));
    told(k + 1, records.length);
  }
  const known = records.filter(({ patient }) => patient !== undefined);
  const origins = Object.fromEntries(known.map(({ name, patient, label }) => [name, { patient, label }]));
  if (known.length > 0) await target.write('patients.json', `${JSON.stringify(origins, null, 1)}\n`);
  await target.write('classes.json', `${JSON.stringify(classNames)}\n`);
  if (splitFile) await target.write('split.json', await readBytes(splitFile));
  const patients = new Set(known.map(({ patient }) => patient)).size;
  return { images: records.length, patients, bits: [...bits].sort((a, b) => a - b), range: [least, greatest] };
}
