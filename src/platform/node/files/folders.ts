/** Folders that are made for a run, and go again where nothing comes of it. */
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LOCK_FILE } from '../lock/lock-file.js';
import { isTemporary } from './atomic.js';

export { ensureDirectory } from './atomic.js';

/**
 * Notes which of the folder `path` and those above it are missing.
 * @returns a function that removes these again, but those that are not empty
 */
export async function missingFolders(path: string): Promise<() => Promise<void>> {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  return async () => {
    for (const folder of missing) await rmdir(folder).catch(() => {});
  };
}

/** A lock or half a file: left by a process that was killed as it began, or of one that begins just now. */
export function isLeftBehind(name: string): boolean {
  return name.startsWith(LOCK_FILE) || isTemporary(name);
}
