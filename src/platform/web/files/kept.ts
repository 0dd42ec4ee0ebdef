/** What a page keeps in the storage of its site: files by their paths. */
import { writeAtomic } from './atomic.js';
import { join, partsOf } from './path-parts.js';
import { findFolder, ifThere, makeFolders, removeAll } from './storage.js';
import { storageError, storageUse } from './storage-errors.js';

/** A file that is kept. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modified: number;
}

/** All files in a folder and in those below it, in any order; none where there is no such folder. */
export async function keptFiles(folder: string): Promise<KeptFile[]> {
  const found: KeptFile[] = [];
  const handle = await findFolder(folder);
  if (!handle) return found;
  for await (const [name, entry] of handle.entries()) {
    const path = join(folder, name);
    if (entry.kind === 'directory') {
      found.push(...(await keptFiles(path)));
      continue;
    }
    // A training that is under way renames its files.
    const file = await ifThere((entry as FileSystemFileHandle).getFile());
    if (file) found.push({ path, bytes: file.size, modified: file.lastModified });
  }
  return found;
}

/** Writes a file, whole or not at all, in a folder that is made where it is not there. */
export async function keepFile(path: string, bytes: Uint8Array): Promise<void> {
  const names = partsOf(path);
  try {
    const folder = await makeFolders(names.slice(0, -1).join('/'));
    await writeAtomic(folder, names.at(-1)!, bytes);
  } catch (error) {
    throw await storageError(path, 'written', error);
  }
}

/** Removes a file or a folder with all that is in it, where it is there. */
export async function removeKept(path: string): Promise<void> {
  await removeAll(path);
}

/** How many bytes there is room for, those that are used among them. */
export async function roomFor(_usedBytes: number): Promise<number> {
  return (await storageUse()).quota;
}
