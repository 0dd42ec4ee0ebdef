/** The images and masks of a folder by their names, whatever their formats, and what is common to all folder formats. */
import { InputError } from '../../base/errors.js';
import { isDicomFile } from '../../formats/dicom/signature.js';
import type { OpenedImage, OpenOptions } from '../../formats/format.js';
import { imageEnding, imageStem, isImage, openImage } from '../../formats/formats.js';
import { stackChannels } from '../../formats/stack.js';
import { type FileEntry, type Files, UnlistedFolder } from './files.js';

/** An image or a mask of a folder: a file, or a folder with the files of a series. */
export interface Entry {
  readonly path: string;
  /** Present where it is a folder of DICOM files. */
  readonly isSeries?: true;
  /** Reads what it says of its images; errors as in `openImage`. */
  open(): Promise<OpenedImage>;
}

/** The images of a folder. */
export interface ImageFolder {
  readonly dir: string;
  /** Each image by its name without the ending. */
  readonly images: ReadonlyMap<string, Entry>;
  /** Names of files that are no images, and of folders; hidden files are ignored. */
  readonly others: readonly string[];
  /** The paths of the others. */
  readonly skipped: readonly string[];
}

/**
 * Lists the images of a folder.
 * @throws InputError when it cannot be listed, or two files have the same name but for the ending
 */
export async function listImages(files: Files, dir: string, reading: OpenOptions = {}): Promise<ImageFolder> {
  const entries = (await files.list(dir)).filter(({ name }) => !name.startsWith('.'));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const areImages = await inBatches(entries, (entry) => isImageEntry(files, dir, entry));
  const images = new Map<string, Entry>();
  const others: string[] = [];
  for (const [k, { name: file, isFile }] of entries.entries()) {
    const path = files.join(dir, file);
    const isSeries = !isFile && !areImages[k] && (await holdsDicom(files, path));
    if (!areImages[k] && !isSeries) {
      others.push(file);
      continue;
    }
    const stem = isSeries ? file : imageStem(file);
    const twin = images.get(stem);
    if (twin) throw new InputError(`${twin.path} and ${path} have the same name; keep one of them`);
    images.set(stem, isSeries ? seriesEntry(files, path, reading) : entryOf(files, path, reading));
  }
  return { dir, images, others, skipped: others.map((file) => files.join(dir, file)) };
}

/** The entry of a file. */
export function entryOf(files: Files, path: string, options: OpenOptions): Entry {
  return { path, open: async () => openImage(await files.open(path), options) };
}

/** The entry of a folder of DICOM files, which must be those of one series. */
function seriesEntry(files: Files, folder: string, options: OpenOptions): Entry {
  return {
    path: folder,
    isSeries: true,
    async open() {
      const sources = await inBatches(await visibleFiles(files, folder), (path) => files.open(path));
      const { findSeries } = await import('../../formats/dicom/series.js');
      const [first, ...others] = await findSeries(sources);
      if (first && others.length === 0) return first.open(options);
      const found = [first, ...others].flatMap((series) => series?.name ?? []).join(', ');
      throw new InputError(`${folder}: files of ${others.length + 1} series, ${found}; keep those of one in a folder`);
    },
  };
}

/** Whether the first file of a folder is DICOM: such a folder is what a scanner makes of a series. */
async function holdsDicom(files: Files, folder: string): Promise<boolean> {
  const [first] = await visibleFiles(files, folder);
  return first !== undefined && isDicomFile(await files.open(first));
}

async function visibleFiles(files: Files, folder: string): Promise<string[]> {
  const names = (await visibleEntries(files, folder)).filter(({ isFile }) => isFile).map(({ name }) => name);
  return names.sort().map((name) => files.join(folder, name));
}

/** Several files as the channels of one image, in their order. */
export function stackedEntry(parts: readonly Entry[]): Entry {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const open = async ({ path, open }: Entry) => ({ name: path, opened: await open() });
  return { path: first!.path, open: async () => stackChannels(await Promise.all(parts.map(open))) };
}

/** Images whose channels are the volumes of one file, as in the Medical Segmentation Decathlon. */
export function volumesOf(
  files: Files,
  images: ReadonlyMap<string, Entry>,
  channels: number,
  reading: OpenOptions,
): ReadonlyMap<string, Entry> {
  const volume = (path: string) => (_: unknown, k: number) => entryOf(files, path, { ...reading, volume: k + 1 });
  return new Map(
    [...images].map(([name, { path }]) => [name, stackedEntry(Array.from({ length: channels }, volume(path)))]),
  );
}

async function isImageEntry(files: Files, dir: string, { name, isFile }: FileEntry): Promise<boolean> {
  if (imageEnding(name) !== undefined) return true;
  // A file that cannot be read, and does not call itself an image, is none.
  if (!isFile) return false;
  return files.open(files.join(dir, name)).then(isImage, () => false);
}

/** Returns the names of the folders in `dir` except hidden ones; none where it cannot be listed. */
export async function listSubfolders(files: Files, dir: string): Promise<string[]> {
  const folders = (await visibleEntries(files, dir)).filter(({ isFile }) => !isFile);
  return folders.map(({ name }) => name).sort();
}

/** What lies in a folder except hidden files; nothing where it cannot be listed. */
async function visibleEntries(files: Files, dir: string): Promise<FileEntry[]> {
  const entries = await files.list(dir).catch((error: unknown) => {
    if (error instanceof UnlistedFolder) return [];
    throw error;
  });
  return entries.filter(({ name }) => !name.startsWith('.'));
}

/**
 * Runs `run` on every item, a few at a time: a data set may hold more files than a process may open at once. Of several
 * errors that of the first item is thrown, whichever came first.
 */
export async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>, batch = 32): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += batch) {
    for (const settled of await Promise.allSettled(items.slice(i, i + batch).map(run))) {
      if (settled.status === 'rejected') throw settled.reason;
      results.push(settled.value);
    }
  }
  return results;
}
