/** Writes that a power cut cannot undo: bytes and names of files are forced to the disk. */
import { open } from 'node:fs/promises';

/**
 * Writes a file, over an older one too, and forces it to the disk (fsync). A failure may leave a part of it.
 * @param bytes the whole file, or its consecutive parts
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
 * or synced (Windows, some network file systems), the rename has to suffice.
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
