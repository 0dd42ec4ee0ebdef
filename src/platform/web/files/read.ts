/** Reading files of the storage. */
import { checkFilled } from '../../../base/bytes.js';
import { files } from '../data.js';

/** Reads all bytes of a file. @throws InputError if there is none, it cannot be read, or is too large for that */
export function readBytes(path: string): Promise<Uint8Array> {
  return files.read(path);
}

/** Reads all bytes of a file that has some. @throws InputError if there is none, it cannot be read, or it is empty */
export async function readFileChecked(path: string): Promise<Uint8Array> {
  return checkFilled(await files.read(path), path);
}
