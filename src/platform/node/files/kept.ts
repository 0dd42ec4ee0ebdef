/** What a page keeps, in Node in the working directory: files by their paths. */
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDirectory, writeFileAtomic } from './atomic.js';

/** A file that is kept. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modified: number;
}

/** All files in a folder and in those below it, in any order; none where there is no such folder. */
export async function keptFiles(folder: string): Promise<KeptFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = paths.map(async (path) => {
    const { size, mtimeMs } = await stat(path);
    return { path, bytes: size, modified: mtimeMs };
  });
  return Promise.all(found);
}

/** Writes a file, whole or not at all, in a folder that is made where it is not there. */
export async function keepFile(path: string, bytes: Uint8Array): Promise<void> {
  await ensureDirectory(dirname(path));
  await writeFileAtomic(path, bytes);
}

/** Removes a file or a folder with all that is in it, where it is there. */
export async function removeKept(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** How many bytes there is room for, those that are used among them. */
export async function roomFor(usedBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs('.');
  return usedBytes + bavail * bsize;
}
