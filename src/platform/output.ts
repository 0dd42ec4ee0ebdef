/** The results of a call: which files and folders it writes, and what it reads and must not write to. */

/** A file or folder that a call reads, and the option that names it. */
export interface Source {
  readonly option: string;
  readonly path: string;
}

export interface OutputOptions {
  /** Whether files that this program did not write are replaced. */
  readonly force: boolean;
  readonly sources: readonly Source[];
  /** The data folder that results in `folder` would be part of, though this call does not read it. */
  dataFolderAt(folder: string): Promise<string | undefined>;
}

/** A file that may be written. */
export interface OutputFile {
  readonly path: string;
  /** Writes it, whole or not at all. @throws InputError where it may not be written any more, or cannot be */
  write(content: Uint8Array | string): Promise<void>;
}

export interface FolderOptions {
  /** Whether the folders above it are made, too: it is a default then, in which there can be no typing error. */
  readonly parents?: boolean;
}

export interface NewFolderOptions extends FolderOptions {
  /** Whether a name in the folder is ignored. */
  passOver?(name: string): boolean;
}
