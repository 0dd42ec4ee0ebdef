/** Paths of files and folders, for layers that do not import from Node themselves. */
import { access } from 'node:fs/promises';

export { join } from 'node:path';

/** Whether there is a file or folder of this name. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
