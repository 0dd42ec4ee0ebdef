/** Writing so that a file is either the old one or the new one, whole: its bytes go to a temporary name before. */
import { rename, writeParts } from './write.js';

/** Whether a file has a temporary name: it is being written, or its tab was closed meanwhile. */
export function isTemporary(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

/** @param check is called just before the file gets its name; what it throws keeps the file from being written */
export async function writeAtomic(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array,
  check?: () => Promise<void>,
): Promise<void> {
  const temporary = `.${name}.tmp`;
  try {
    await writeParts(folder, temporary, [bytes]);
    await check?.();
    await rename(folder, temporary, name);
  } catch (error) {
    await folder.removeEntry(temporary).catch(() => {});
    throw error;
  }
}
