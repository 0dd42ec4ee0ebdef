/**
 * How data folders are read, wherever they lie: on the disk of Node (src/platform/node/files/node-files.ts), among
 * the files that a user has dropped on a page, or in the storage of its site (src/platform/web/files).
 */
import { InputError } from '../../base/errors.js';
import type { ByteSource } from '../../formats/source.js';
import type { Hdf5Reader } from './hdf5.js';

export interface FileEntry {
  readonly name: string;
  /** Whether it is a plain file; a folder, a link or anything else is not. */
  readonly isFile: boolean;
}

/** Read access to files and folders by their paths, which errors show to the user as they are. */
export interface Files {
  /** Joins a folder and names of nested folders and a file to a path. */
  join(folder: string, ...names: string[]): string;
  /** The name of a folder without those above it. */
  nameOf(folder: string): string;
  /**
   * What lies in a folder, in any order.
   * @throws UnlistedFolder where there is no such folder, or it may not be read
   */
  list(folder: string): Promise<readonly FileEntry[]>;
  /**
   * All bytes of a file.
   * @throws InputError that names the file and says why it cannot be read
   */
  read(path: string): Promise<Uint8Array>;
  /** A file whose bytes are read where they are asked for. It has the errors of `read`. */
  open(path: string): Promise<ByteSource>;
  /** Reads the MATLAB files of the figshare set. Without it, such folders are refused. */
  readonly hdf5?: Hdf5Reader;
}

/** A folder that cannot be listed. */
export class UnlistedFolder extends InputError {
  /** @param code why, as POSIX calls it: ENOENT where there is none, ENOTDIR where it is a file */
  constructor(
    folder: string,
    readonly code: string | undefined,
  ) {
    super(`${folder}: cannot be listed: ${code === 'ENOTDIR' ? 'it is not a folder' : code}`);
  }
}

/** Reads a text in UTF-8. */
export async function readText(files: Files, path: string): Promise<string> {
  return new TextDecoder().decode(await files.read(path));
}

/** Splits a file name before its last dot; the ending is lower-case and keeps the dot. */
export function splitName(file: string): { readonly stem: string; readonly ending: string } {
  const dot = file.lastIndexOf('.');
  return dot > 0 ? { stem: file.slice(0, dot), ending: file.slice(dot).toLowerCase() } : { stem: file, ending: '' };
}
