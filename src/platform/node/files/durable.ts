/** What a power cut cannot undo: bytes forced to the disk, and the names of files too. */
import { open } from 'node:fs/promises';

/**
 * Writes a file, over an older one too, and forces it to the disk (fsync). A failure may leave a part of it.
 * @param bytes all of it, or parts that follow each other
 */
export async function writeDurably(path: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of Array.isArray(bytes) ? bytes : [bytes]) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Forces the names in a folder to the disk, without which a power cut may undo a rename. Where folders cannot be opened
 * or synced (Windows, some network file systems), the rename has to do.
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}
