/** Paths in the storage of this site. */
import { findFile, findFolder } from './storage.js';

export { join } from './path-parts.js';

/** Whether there is a file or folder of this name in the storage. */
export async function exists(path: string): Promise<boolean> {
  return ((await findFolder(path)) ?? (await findFile(path))) !== undefined;
}
