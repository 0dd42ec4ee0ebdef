/** The bytes of a file, read where they are asked for: on the disk, in memory, or of a file that a user has dropped on a page. */
import { checkFileSize } from './limits.js';

export interface ByteSource {
  /** The name of the file for errors, usually its path. */
  readonly name: string;
  /** The length of the file in bytes. */
  readonly size: number;
  /**
   * Reads bytes from a position on; fewer than asked for only where the file ends.
   * @throws InputError that names the file where it cannot be read
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** The source of a file that is in memory. */
export function sourceOf(bytes: Uint8Array, name: string): ByteSource {
  return { name, size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Reads all bytes of a file. @throws InputError for one that is too large for that */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
  checkFileSize(source.size, source.name);
  return source.read(0, source.size);
}
