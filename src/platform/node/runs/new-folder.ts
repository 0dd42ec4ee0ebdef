/** Where a new run or study puts its files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporary } from '../files/atomic.js';
import type { FolderOptions, Outputs } from '../files/outputs.js';
import { LOCK_FILE } from '../lock/lock-file.js';

/** The folder that runs and studies are in unless the user names another. */
const RUNS = 'runs';

/**
 * Asks for a folder that is empty or not there yet, but for what a process left that was killed as it began.
 * @throws InputError when the folder holds something else
 */
export async function claimFolder(path: string, outputs: Outputs, options: FolderOptions = {}): Promise<string> {
  await outputs.newFolder(path, { ...options, passOver: isLeftBehind });
  return path;
}

/** The path runs/NAME. */
export function defaultFolder(name: string): string {
  return join(RUNS, name);
}

/** Asks for the first of runs/NAME, runs/NAME-2, … that is not there yet. */
export async function claimFreeFolder(name: string, outputs: Outputs): Promise<string> {
  const base = defaultFolder(name);
  let path = base;
  for (let n = 2; existsSync(path); n++) path = `${base}-${n}`;
  // Nobody typed it, so that `runs` is made, too.
  await outputs.folder(path, { parents: true });
  return path;
}

/** A lock or half a file: left by a process that was killed as it began, or of one that begins just now. */
function isLeftBehind(name: string): boolean {
  return name.startsWith(LOCK_FILE) || isTemporary(name);
}
