/** Helpers of all folder formats: the PNG files of a folder, and the checks that need their headers alone. */
import { InputError } from '../../base/errors.js';
import { channelsOf, type PngHeader } from '../../formats/png/header.js';
import type { ImageRecord } from '../record.js';
import { type Files, readPngHeader, splitName } from './files.js';

/** The PNG files of a folder. */
export interface PngFolder {
  readonly dir: string;
  /** The path of each PNG file, by the stem of its name. */
  readonly pngs: ReadonlyMap<string, string>;
  /** Names of files that are no PNG, and of folders; hidden files are ignored. */
  readonly others: readonly string[];
  /** The paths of the others. */
  readonly skipped: readonly string[];
}

/** Lists the PNG files of a folder. @throws InputError when it cannot be listed, or two files have the same stem */
export async function listPngs(files: Files, dir: string): Promise<PngFolder> {
  const pngs = new Map<string, string>();
  const others: string[] = [];
  for (const file of (await files.list(dir)).map((entry) => entry.name).sort()) {
    const { stem, ending } = splitName(file);
    if (file.startsWith('.')) continue;
    if (ending !== '.png') {
      others.push(file);
      continue;
    }
    const path = files.join(dir, file);
    const twin = pngs.get(stem);
    if (twin) throw new InputError(`${twin} and ${path} have the same name; keep one of them`);
    pngs.set(stem, path);
  }
  return { dir, pngs, others, skipped: others.map((file) => files.join(dir, file)) };
}

/** Returns the names of the folders in `dir` except hidden ones; none where it cannot be listed. */
export async function listSubfolders(files: Files, dir: string): Promise<string[]> {
  const entries = await files.list(dir).catch(() => []);
  const folders = entries.filter(({ name, isFile }) => !isFile && !name.startsWith('.'));
  return folders.map(({ name }) => name).sort();
}

/** Reads the headers of an image and its masks. @throws InputError where a mask has another size */
export async function checkedSizes(files: Files, imagePath: string, maskPaths: readonly string[]): Promise<PngHeader> {
  const [image, ...masks] = await Promise.all([imagePath, ...maskPaths].map((path) => readPngHeader(files, path)));
  for (const [k, mask] of masks.entries()) requireSize(imagePath, image!, maskPaths[k]!, mask);
  return image!;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** @throws InputError unless an image and its mask have the same size */
export function requireSize(imagePath: string, image: Size, maskPath: string, mask: Size): void {
  if (image.width === mask.width && image.height === mask.height) return;
  const sizes = `${imagePath} is ${image.width}x${image.height}, its mask ${maskPath} is ${mask.width}x${mask.height}`;
  throw new InputError(`${sizes}; they must have the same size`);
}

/** Returns what a record says of its image. */
export function factsOf(header: PngHeader): Pick<ImageRecord, 'width' | 'height' | 'channels'> {
  return { width: header.width, height: header.height, channels: channelsOf(header) };
}

/** Runs `run` on every item, a few at a time: a data set may hold more files than a process may open at once. */
export async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>, batch = 32): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += batch) {
    results.push(...(await Promise.all(items.slice(i, i + batch).map(run))));
  }
  return results;
}
