/** Reading files within a bound, so that one that is far too large is refused before it fills the memory. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { InputError } from '../../../base/errors.js';
import { fileError } from './file-errors.js';

/** The largest file that is read: more than any image within the bounds needs, even where compression makes it larger. */
const MOST = 2 ** 30;

/** `run` on the opened file; what the file system refuses becomes an InputError that names the file. */
async function withFile<T>(path: string, run: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    const found = await stat(path);
    // A pipe would be waited for without end, a device read without end.
    if (!found.isFile() && !found.isDirectory()) {
      throw new InputError(`${path}: cannot be read: a pipe or a device, expected a file; remove it from the folder`);
    }
    file = await open(path);
    return await run(file, found.size);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw fileError(path, 'read', error, 'there is no such file; check the path');
  } finally {
    await file?.close();
  }
}

/** All bytes of a file. */
export function readBytes(path: string): Promise<Uint8Array> {
  return withFile(path, async (file, size) => {
    if (size <= MOST) return file.readFile();
    throw new InputError(`${path}: too large: ${size} bytes, expected at most ${MOST}; cut it into tiles`);
  });
}

/** The first `count` bytes of a file, fewer when it is shorter. */
export function readStart(path: string, count: number): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const bytes = new Uint8Array(count);
    const { bytesRead } = await file.read(bytes, 0, count, 0);
    return bytes.subarray(0, bytesRead);
  });
}
