/** Paths of files and folders, for layers that do not import from Node themselves. */
import { existsSync } from 'node:fs';

export { join } from 'node:path';

/** Whether there is a file or folder of this name. */
export function exists(path: string): boolean {
  return existsSync(path);
}
