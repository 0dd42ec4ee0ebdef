/** Data sets of the disk. */
import type { Dataset } from '../../data/dataset.js';
import { type DatasetOptions, readDataset } from '../../data/folder/read-dataset.js';
import { nodeFiles } from './files/node-files.js';

/**
 * Opens a data folder of the disk, whose format is recognised by what is in it, and reads its split.json or draws a
 * split; see `readDataset`.
 * @throws InputError in one line: what is wrong with the folder, a split.json that does not fit or divides a patient
 */
export function openDataset(dir: string, options: DatasetOptions): Promise<Dataset> {
  return readDataset(nodeFiles, dir, options);
}
