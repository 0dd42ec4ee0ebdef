/** The checkpoints in a folder of the disk, for programs that have no run folder. */
import { DiskFolder } from '../platform/node/files/folder-store.js';
import { Checkpoints } from './checkpoints.js';

export type { FoundCheckpoint } from './checkpoints.js';

/** The checkpoints in a folder that exists; one process at a time may use them. */
export class CheckpointFiles extends Checkpoints {
  constructor(readonly folder: string) {
    super(new DiskFolder(folder));
  }
}
