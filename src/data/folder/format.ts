/** What every format of a data folder has to say: how it is recognised, and which labelled images it holds. */
import type { OnFaults } from '../faults.js';
import type { ImageRecord } from '../record.js';
import type { Files } from './files.js';

/** What a folder holds. */
export interface Contents {
  /** Sorted by name, each checked as far as its headers go. */
  readonly records: readonly ImageRecord[];
  /** What the values 1..K of the masks stand for. */
  readonly classNames: readonly string[];
  /** Paths of what was passed over: no image, no mask, nothing that the format knows. */
  readonly skipped: readonly string[];
}

/** A folder, and the names of what lies in it. */
export interface ListedFolder {
  readonly files: Files;
  readonly dir: string;
  /** Sorted, hidden files among them. */
  readonly entries: readonly string[];
}

/** A way to arrange a data folder: how to recognise it by what is in it, and how to list its images. */
export interface FolderFormat {
  /** What errors tell the user that they could have. */
  readonly expected: string;
  recognises(folder: ListedFolder): Promise<boolean>;
  /** @param onFaults is told of images that cannot be used; unless it throws, they are left out */
  contents(folder: ListedFolder, onFaults: OnFaults): Promise<Contents>;
}
