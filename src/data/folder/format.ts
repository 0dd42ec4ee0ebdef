/** The interface of the formats of data folders: how one is recognised, and which labelled images it holds. */
import type { OnFaults } from '../faults.js';
import type { ImageRecord } from '../record.js';
import type { Files } from './files.js';

/** What a folder holds. */
export interface Contents {
  /** The images sorted by name, each checked as far as its headers go. */
  readonly records: readonly ImageRecord[];
  /** What the values 1..K of the masks stand for. */
  readonly classNames: readonly string[];
  /** Paths that were ignored: no image, no mask, nothing that the format knows. */
  readonly skipped: readonly string[];
}

/** A folder, and the names of what lies in it. */
export interface ListedFolder {
  readonly files: Files;
  readonly dir: string;
  /** The sorted names, hidden files among them. */
  readonly entries: readonly string[];
}

/** A way to arrange a data folder: how to recognise it by what is in it, and how to list its images. */
export interface FolderFormat {
  /** What a folder of the format contains, in words for errors. */
  readonly expected: string;
  recognises(folder: ListedFolder): Promise<boolean>;
  /** @param onFaults receives images that cannot be used; unless it throws, they are left out */
  contents(folder: ListedFolder, onFaults: OnFaults): Promise<Contents>;
}
