/** Data sets in the storage of this site. */
import type { Dataset } from '../../data/dataset.js';
import { type DatasetOptions, readDataset } from '../../data/folder/read-dataset.js';
import { directoryFiles } from './files/directory-files.js';
import { storageRoot } from './files/storage.js';

/** The files of the storage. */
export const files = directoryFiles(storageRoot);

/** Opens a data folder of the storage, `data/NAME`; see `readDataset`, whose errors it has. */
export function openDataset(dir: string, options: DatasetOptions): Promise<Dataset> {
  return readDataset(files, dir, options);
}
