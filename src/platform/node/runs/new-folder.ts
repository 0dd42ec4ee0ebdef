/** The folder of a new run or study. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporary } from '../files/atomic.js';
import type { FolderOptions, Outputs } from '../files/outputs.js';
import { LOCK_FILE } from '../lock/lock-file.js';

/** The folder that runs and studies are in unless the user names another. */
const RUNS = 'runs';

/**
 * Claims a folder that does not exist yet or is empty, except for what a process left that was killed as it began.
 * @throws InputError when the folder holds something else
 */
export async function claimFolder(path: string, outputs: Outputs, options: FolderOptions = {}): Promise<string> {
  await outputs.newFolder(path, { ...options, passOver: isLeftBehind });
  return path;
}

/** Returns the path runs/NAME. */
export function defaultFolder(name: string): string {
  return join(RUNS, name);
}

/** Claims the first of runs/NAME, runs/NAME-2, … that does not exist yet. */
export async function claimFreeFolder(name: string, outputs: Outputs): Promise<string> {
  const base = defaultFolder(name);
  let path = base;
  for (let n = 2; existsSync(path); n++) path = `${base}-${n}`;
  // The user did not type it, so `runs` is made, too.
  await outputs.folder(path, { parents: true });
  return path;
}

/** A lock or half a file: left by a process that was killed as it began, or of one that begins just now. */
function isLeftBehind(name: string): boolean {
  return name.startsWith(LOCK_FILE) || isTemporary(name);
}
