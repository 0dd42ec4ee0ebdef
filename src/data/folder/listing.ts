import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { InputError } from '../../base/errors.js';
import type { PngHeader } from '../../formats/png/header.js';
import { readPngHeader } from '../../platform/node/files/read-png.js';

/** The PNG files of a folder. */
export interface Folder {
  readonly dir: string;
  /** Path by stem. */
  readonly pngs: ReadonlyMap<string, string>;
  /** Names of what is no PNG, folders among them; hidden files are passed over. */
  readonly others: readonly string[];
}

/** @throws InputError when it cannot be listed, or two files have the same stem */
export async function listFolder(dir: string): Promise<Folder> {
  const pngs = new Map<string, string>();
  const others: string[] = [];
  const files = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${dir}: cannot be listed: ${error.code === 'ENOTDIR' ? 'it is not a folder' : error.code}`);
  });
  for (const file of files.sort()) {
    const { name, ext } = parse(file);
    if (file.startsWith('.')) continue;
    if (ext.toLowerCase() !== '.png') {
      others.push(file);
      continue;
    }
    const path = join(dir, file);
    const twin = pngs.get(name);
    if (twin) throw new InputError(`${twin} and ${path} have the same name; keep one of them`);
    pngs.set(name, path);
  }
  return { dir, pngs, others };
}

/** Paths of what is no PNG. */
export function skippedIn({ dir, others }: Folder): string[] {
  return others.map((file) => join(dir, file));
}

/** The folders in `dir` by name, hidden ones passed over; none where there is no such folder. */
export async function listSubfolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.'));
  return folders.map(({ name }) => name).sort();
}

/** Reads the headers of an image and its masks. @throws InputError where a mask has another size */
export async function checkedSizes(imagePath: string, maskPaths: readonly string[]): Promise<PngHeader> {
  const [image, ...masks] = await Promise.all([imagePath, ...maskPaths].map(readPngHeader));
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

/** `run` on every item, a few at a time: a data set may hold more files than a process may open at once. */
export async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>, batch = 32): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += batch) {
    results.push(...(await Promise.all(items.slice(i, i + batch).map(run))));
  }
  return results;
}
