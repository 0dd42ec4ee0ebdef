/** Data sets on the disk. */
import type { Dataset } from '../../data/dataset.js';
import { type DatasetOptions, readDataset } from '../../data/folder/read-dataset.js';
import { nodeFiles } from './files/node-files.js';

export { nodeFiles as files } from './files/node-files.js';

/**
 * Opens a data folder on the disk, whose format is recognised by its content, and reads its split.json or draws a split;
 * see `readDataset`.
 * @throws InputError in one line that says what is wrong with the folder, or that its split.json does not fit or divides
 *   the images of a patient
 */
export function openDataset(dir: string, options: DatasetOptions): Promise<Dataset> {
  return readDataset(nodeFiles, dir, options);
}
