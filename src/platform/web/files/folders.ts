/** Folders that are made for a run, and go again where nothing comes of it. */
import { isTemporary } from './atomic.js';
import { partsOf } from './path-parts.js';
import { exists } from './paths.js';
import { findFolder, makeFolders } from './storage.js';
import { storageError } from './storage-errors.js';

/** Makes the folder `path` and those above it where they are missing. @throws InputError if that fails */
export async function ensureDirectory(path: string): Promise<void> {
  await makeFolders(path).catch(async (error: unknown) => {
    throw await storageError(path, 'created', error);
  });
}

/**
 * Notes which of the folder `path` and those above it are missing.
 * @returns a function that removes these again, but those that are not empty
 */
export async function missingFolders(path: string): Promise<() => Promise<void>> {
  const missing: string[][] = [];
  for (let parts = partsOf(path); parts.length > 0 && !(await exists(parts.join('/'))); parts = parts.slice(0, -1)) {
    missing.push(parts);
  }
  return async () => {
    for (const parts of missing) {
      const above = await findFolder(parts.slice(0, -1).join('/'));
      await above?.removeEntry(parts.at(-1)!).catch(() => {});
    }
  };
}

/** Half a file, of a tab that was closed as a run began. */
export function isLeftBehind(name: string): boolean {
  return isTemporary(name);
}
