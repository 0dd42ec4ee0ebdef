/** Zip archives of a few files, in memory. */
import { unzipSync, zipSync } from 'fflate';
import { InputError } from '../base/errors.js';
import { reasonOf } from './reason.js';

/**
 * Writes files in their order, the same bytes for the same files. They are stored as they are: weights hardly shrink, and
 * an archive whose first file is text shows by its first bytes what it is.
 * @param files names, with `/` between folders, and contents
 */
export function writeZip(files: Iterable<readonly [name: string, content: Uint8Array]>): Uint8Array {
  // The first day that the format knows, in local time, as it keeps time without a zone.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1, 12) });
}

/**
 * Reads all files of an archive, without their checksums.
 * @throws InputError that names the archive for one that is none, or is damaged
 */
export function readZip(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzipSync(bytes)));
  } catch (error) {
    throw new InputError(`${name}: not a zip archive, or a damaged one: ${reasonOf(error)}; export it again`);
  }
}
