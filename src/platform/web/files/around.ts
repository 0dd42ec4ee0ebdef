/** The data folder that a folder is part of. */
import { partsOf } from './path-parts.js';

/** The folder of the storage that data is copied into, each data set in a folder of its own. */
export const DATA = 'data';

/** The data folder that files in `folder` would be part of; undefined where there is none. */
export async function dataFolderAt(folder: string): Promise<string | undefined> {
  const [first, ...rest] = partsOf(folder);
  return first === DATA ? [DATA, ...rest.slice(0, 1)].join('/') : undefined;
}
