import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../base/errors.js';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a folder, not a file',
  EACCES: 'no permission to read it',
};

/** `run` on the opened file; what the file system refuses becomes an InputError that names the file. */
async function withFile<T>(path: string, run: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return await run(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || error instanceof InputError) throw error;
    throw new InputError(`${path}: cannot be read: ${WHY[code] ?? code}`);
  } finally {
    await file?.close();
  }
}

/** All bytes of a file. */
export function readBytes(path: string): Promise<Uint8Array> {
  return withFile(path, (file) => file.readFile());
}

/** The first `count` bytes of a file, fewer when it is shorter. */
export function readStart(path: string, count: number): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const bytes = new Uint8Array(count);
    const { bytesRead } = await file.read(bytes, 0, count, 0);
    return bytes.subarray(0, bytesRead);
  });
}
