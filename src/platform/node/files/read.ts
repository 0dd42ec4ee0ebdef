/** Reading files within a bound, so that one that is far too large is refused before it fills the memory. */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { checkFilled } from '../../../base/bytes.js';
import { InputError } from '../../../base/errors.js';
import { checkFileSize } from '../../../formats/limits.js';
import type { ByteSource } from '../../../formats/source.js';
import { fileError } from './file-errors.js';

/** Runs `run` on the opened file; errors of the file system become InputErrors that name the file. */
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

/** Reads all bytes of a file. */
export function readBytes(path: string): Promise<Uint8Array> {
  return withFile(path, async (file, size) => {
    checkFileSize(size, path);
    return file.readFile();
  });
}

/** Reads all bytes of a file that has some. @throws InputError if there is none, it cannot be read, or it is empty */
export async function readFileChecked(path: string): Promise<Uint8Array> {
  return checkFilled(await readWhole(path, 'there is no such file; check the path'), path);
}

/** Reads all bytes of a file; undefined where there is none. @throws InputError where it cannot be read */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return readWhole(path, '').catch((error: InputError) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** @param missing what it means that there is no such file, and what to do */
async function readWhole(path: string, missing: string): Promise<Uint8Array> {
  const buffer = await readFile(path).catch((error: unknown) => {
    throw fileError(path, 'read', error, missing);
  });
  // Not as a Buffer, whose `slice` does not copy.
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** A file whose bytes are read where they are asked for. It is opened for each reading, so that none stays open. */
export function openFile(path: string): Promise<ByteSource> {
  return withFile(path, async (_, size) => ({
    name: path,
    size,
    read: (offset, length) =>
      withFile(path, (file) => readAt(file, offset, Math.max(0, Math.min(length, size - offset)))),
  }));
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
