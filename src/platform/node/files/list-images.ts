/** The images that a path stands for: one of them, or a folder of them. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError } from '../../../base/errors.js';
import { plural } from '../../../base/quantities.js';
import { imagesOfChannels } from '../../../data/folder/channel-files.js';
import { type Entry, entryOf, inBatches, listImages as listFolder } from '../../../data/folder/listing.js';
import { findSeries } from '../../../formats/dicom/series.js';
import { isDicomFile } from '../../../formats/dicom/signature.js';
import type { OpenOptions } from '../../../formats/format.js';
import { imageStem } from '../../../formats/formats.js';
import { fileError } from './file-errors.js';
import { nodeFiles } from './node-files.js';
import { openFile } from './read.js';

export interface ImageFile extends Entry {
  /** The file name without the ending. */
  readonly name: string;
}

export interface ImageFiles {
  /** The images in the order of their names. */
  readonly images: readonly ImageFile[];
  /** The paths of other files beside them, except hidden ones. */
  readonly skipped: readonly string[];
  /** The paths of DICOM segmentations beside them: masks, which are no images either. */
  readonly segmentations: readonly string[];
}

/**
 * Lists the image `input`, or the images of a folder in name order. DICOM files of one series are one image, and so are
 * the channels CASE_0000, CASE_0001, … of a case where `channels` says how many. DICOM segmentations of a folder are passed over.
 * @throws InputError where there is none, or a case lacks a channel
 */
export async function listImages(input: string, options: OpenOptions = {}): Promise<ImageFiles> {
  const missing = 'there is no such file or folder; check the path';
  const fail = (error: unknown) => {
    throw fileError(input, 'read', error, missing);
  };
  if (!(await stat(input).catch(fail)).isDirectory()) {
    const image = { ...entryOf(nodeFiles, input, options), name: imageStem(basename(input)) };
    return { images: [image], skipped: [], segmentations: [] };
  }
  const { images, skipped } = await listFolder(nodeFiles, input, options);
  if (images.size === 0) {
    throw new InputError(`${input}: no image in this folder that is read; convert the images to PNG`);
  }
  const byCase = await imagesOfChannels(images, options.channels ?? 1);
  const named = [...byCase].map(([name, entry]) => ({ ...entry, name }));
  if (byCase !== images) return { images: named, skipped, segmentations: [] };
  const found = await withSeries(named, input, options);
  if (found.images.length > 0) return { ...found, skipped };
  const what = `${plural(found.segmentations.length, 'DICOM segmentation')} and no image`;
  throw new InputError(`${input}: holds ${what}; give the folder of the images`);
}

/**
 * Puts the DICOM files of each series together, as an image that has the place of its first file, and takes segmentations
 * out.
 */
async function withSeries(
  images: readonly ImageFile[],
  folder: string,
  options: OpenOptions,
): Promise<Omit<ImageFiles, 'skipped'>> {
  const files = images.filter(({ isSeries }) => !isSeries);
  const sources = await inBatches(files, ({ path }) => openFile(path));
  const areDicom = await inBatches(sources, isDicomFile);
  const found = await findSeries(sources.filter((_, k) => areDicom[k]));
  const segmentations = found.filter(({ isSegmentation }) => isSegmentation).flatMap(({ files }) => files);
  const series = found.filter(({ files, isSegmentation }) => files.length > 1 && !isSegmentation);
  const seriesOf = new Map(series.flatMap((each) => each.files.map((path) => [path, each] as const)));
  const name = basename(resolve(folder));
  const together = images.flatMap((image): ImageFile[] => {
    if (segmentations.includes(image.path)) return [];
    const each = seriesOf.get(image.path);
    if (!each) return [image];
    if (image.path !== each.files[0]) return [];
    const number = series.length > 1 ? `-${series.indexOf(each) + 1}` : '';
    return [{ path: each.name, name: name + number, open: async () => each.open(options) }];
  });
  return { images: together, segmentations };
}
