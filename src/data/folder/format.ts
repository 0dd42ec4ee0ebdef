/** The interface of the formats of data folders: how one is recognised, and which labelled images it holds. */
import type { ImageHeader } from '../../formats/format.js';
import type { Plane } from '../../image/plane.js';
import type { OnFaults } from '../faults.js';
import type { ImageRecord } from '../record.js';
import type { Files } from './files.js';

/** The file of an image: a picture, a volume, or a folder with the files of a series. */
export interface RecordFile {
  /** Where there are several, as one for each channel, the first of them. */
  readonly path: string;
  /** The name of the image; those of its slices begin with it. */
  readonly name: string;
  /** The name of the format: `NIfTI`. */
  readonly format: string;
  /** What the file says, without neighbours as channels. */
  readonly header: ImageHeader;
}

/** An image of a folder. The slices of a volume have one file, the same object. */
export interface FolderRecord extends ImageRecord {
  readonly file: RecordFile;
}

/** What a folder holds. */
export interface Contents {
  /** The images sorted by name, each checked as far as its headers go. */
  readonly records: readonly FolderRecord[];
  /** What the values 1..K of the masks stand for. */
  readonly classNames: readonly string[];
  /** Present where the patients are those that stand inside of the files, not names that the user gave. */
  readonly hasIdentities?: true;
  /** Paths that were ignored: no image, no mask, nothing that the format knows. */
  readonly skipped: readonly string[];
}

/** How the files of a folder become images and masks. */
export interface ReadingOptions {
  /** The plane that volumes are cut into slices along. Default: the one with the smallest pixels. */
  readonly plane?: Plane;
  /** Which volume of a series in one file is read, counted from 1. Where it is absent, files with several are refused. */
  readonly volume?: number;
  /** How many neighbours on both sides of a slice are channels of its image. Default: 0. */
  readonly neighbours?: number;
  /** Whether masks number objects, 1, 2, …, which are all foreground. Default: false. */
  readonly instances?: boolean;
}

/** How the masks beside images are read: they have one volume, whichever is read of their images. */
export function ofMasks({ plane }: ReadingOptions): Pick<ReadingOptions, 'plane'> {
  return plane ? { plane } : {};
}

/** A folder, and the names of what lies in it. */
export interface ListedFolder {
  readonly files: Files;
  readonly dir: string;
  /** The sorted names, hidden files among them. */
  readonly entries: readonly string[];
  readonly reading: ReadingOptions;
}

/** A way to arrange a data folder: how to recognise it by what is in it, and how to list its images. */
export interface FolderFormat {
  /** What a folder of the format contains, in words for errors. */
  readonly expected: string;
  recognises(folder: ListedFolder): Promise<boolean>;
  /** @param onFaults receives images that cannot be used; unless it throws, they are left out */
  contents(folder: ListedFolder, onFaults: OnFaults): Promise<Contents>;
}
