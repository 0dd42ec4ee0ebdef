/** What was dropped: a labelled folder is copied into the page's storage and checked, images are kept to be segmented. */
import { removeKept } from '#platform/files/kept.js';
import { checkFolder } from '../../src/app/data/check-folder.js';
import type { Progress } from '../../src/app/observer.js';
import { DEFAULT_SIZE } from '../../src/app/options/data-options.js';
import { InputError } from '../../src/base/errors.js';
import { plural } from '../../src/base/quantities.js';
import { checkLines, summaryOf } from '../../src/cli/tables/check-report.js';
import type { Files } from '../../src/data/folder/files.js';
import { isDataFolder } from '../../src/data/folder/folder.js';
import type { Series } from '../../src/formats/dicom/series.js';
import { isDicomFile } from '../../src/formats/dicom/signature.js';
import { imageStem, openImage } from '../../src/formats/formats.js';
import { droppedFiles } from '../../src/platform/web/files/dropped-files.js';
import { fileSource } from '../../src/platform/web/files/sources.js';
import { isHidden } from './hidden-files.js';
import type { Images, OpenFile } from './images.js';
import type { DroppedFile, Taken } from './protocol.js';

/** The folder of the data sets. */
export const DATA = 'data';

type OnProgress = (progress: Progress) => void;

/** Whether what was dropped is a model file. */
export function isModel(files: readonly DroppedFile[]): files is readonly [DroppedFile] {
  return files.length === 1 && files[0]!.path.toLowerCase().endsWith('.safetensors');
}

/**
 * Copies a folder with all that is in it to `data/NAME`, or `data/NAME-2`, … where there is one already; whatever fails, no
 * part of it is left. @returns the path for the option `data`
 */
export type CopyData = (
  files: Files,
  folder: string,
  options: { readonly onProgress: (bytes: number, ofBytes: number) => void },
) => Promise<string>;

/**
 * Takes what was dropped, but for a model.
 * @param name what a data set of it is to be called
 * @throws InputError in one line for files of which none is an image that is read
 */
export async function take(
  { images, copyData }: { readonly images: Images; readonly copyData: CopyData },
  name: string,
  files: readonly DroppedFile[],
  onProgress: OnProgress,
): Promise<Exclude<Taken, { readonly kind: 'model' }>> {
  const visible = files.filter((file) => !isHidden(file.path));
  if (visible.length === 0)
    throw new InputError(`${name}: holds no file; drop images, or a folder with images/ and masks/`);
  const dir = await dataFolderOf(visible);
  if (dir === undefined) return takeImages(images, name, visible, onProgress);
  return takeData(copyData, name, visible, dir, onProgress);
}

/** The folder among the files that is a data folder: one that all of them are in, the innermost first. */
async function dataFolderOf(files: readonly DroppedFile[]): Promise<string | undefined> {
  const dropped = droppedFiles(files);
  const around = [''];
  for (let entries = await dropped.list(''); entries.length === 1 && !entries[0]!.isFile; ) {
    around.unshift(dropped.join(around[0]!, entries[0]!.name));
    entries = await dropped.list(around[0]!);
  }
  for (const dir of around) {
    // Files among which not even a format can be looked for, as two have one name, are single images.
    const isData = await isDataFolder(dropped, dir).catch(notAmongOurs);
    if (isData) return dir;
  }
  return undefined;
}

/** What is wrong with files makes them no data folder; our own faults are thrown. */
function notAmongOurs(error: unknown): false {
  if (error instanceof InputError) return false;
  throw error;
}

async function takeData(
  copyData: CopyData,
  name: string,
  files: readonly DroppedFile[],
  dir: string,
  onProgress: OnProgress,
): Promise<Taken & { readonly kind: 'data' }> {
  const folder = folderName(name);
  const total = files.length;
  const below = files.map(({ path, file }) => ({
    path: `${folder}/${dir === '' ? path : path.slice(dir.length + 1)}`,
    file,
  }));
  const data = await copyData(droppedFiles(below), folder, {
    onProgress: (bytes, ofBytes) =>
      onProgress({ phase: 'reading', done: Math.round((total * bytes) / Math.max(1, ofBytes)), total }),
  });
  try {
    return { kind: 'data', ...(await check(data, onProgress)) };
  } catch (error) {
    await removeKept(data);
    throw error;
  }
}

/** Checks a data set that is kept, in the words of `unetpp check`. */
export async function check(
  data: string,
  onProgress: OnProgress,
): Promise<Omit<Taken & { readonly kind: 'data' }, 'kind'>> {
  const found = await checkFolder({ data, seed: 1, size: DEFAULT_SIZE }, { progress: onProgress });
  const summary = summaryOf(found, DEFAULT_SIZE);
  const images = found.facts.map(({ name }) => name);
  return { data, images, check: summary, lines: checkLines(summary, null).join('\n') };
}

/** A name without what no name of a folder should have. */
function folderName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '') || 'images';
}

async function takeImages(
  images: Images,
  name: string,
  files: readonly DroppedFile[],
  onProgress: OnProgress,
): Promise<Taken & { readonly kind: 'images' }> {
  const found: (readonly [name: string, open: OpenFile])[] = [];
  const refused: string[] = [];
  const dicom: DroppedFile[] = [];
  const nameOf = (path: string) => imageStem(path.split('/').at(-1)!);
  for (const [k, file] of files.entries()) {
    const source = fileSource(file.file, file.path);
    try {
      if (await isDicomFile(source)) dicom.push(file);
      else {
        await openImage(source);
        found.push([nameOf(file.path), (options) => openImage(source, options)]);
      }
    } catch (error) {
      refused.push(lineOf(error));
    }
    onProgress({ phase: 'reading', done: k + 1, total: files.length });
  }
  for (const series of await seriesOf(dicom, refused)) {
    try {
      series.open();
      found.push([nameOf(series.files[0]!), async (options) => series.open(options)]);
    } catch (error) {
      refused.push(lineOf(error));
    }
  }
  if (found.length > 0) {
    images.forgetTaken();
    return { kind: 'images', images: found.map(([name, open]) => images.take(name, open)), refused };
  }
  throw new InputError(
    refused.length === 1
      ? refused[0]!
      : `${name}: none of ${plural(files.length, 'file')} is an image that is read: ${refused[0]}`,
  );
}

/** The series that DICOM files make up: the files of one are the slices of one image. Their reader is loaded only for them. */
async function seriesOf(dicom: readonly DroppedFile[], refused: string[]): Promise<readonly Series[]> {
  if (dicom.length === 0) return [];
  const { findSeries } = await import('../../src/formats/dicom/series.js');
  const sources = dicom.map(({ path, file }) => fileSource(file, path));
  return findSeries(sources, ({ message }) => refused.push(message));
}

/** What is wrong with a file; our own faults are no lines. */
function lineOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  throw error;
}
