/** The folder of a new run or study. */
import { isLeftBehind } from '#platform/files/folders.js';
import type { Outputs } from '#platform/files/outputs.js';
import { exists, join } from '#platform/files/paths.js';
import type { FolderOptions } from '../platform/outputs.js';

/** The folder that runs and studies are in unless the user names another. */
export const RUNS = 'runs';

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
  for (let n = 2; await exists(path); n++) path = `${base}-${n}`;
  // The user did not type it, so `runs` is made, too.
  await outputs.folder(path, { parents: true });
  return path;
}
