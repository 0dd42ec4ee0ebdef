/** Writing files of the storage, by the handle that a worker has for it: what is flushed is on the disk. */

/** What workers have beside what the types of pages know. */
interface WorkerFile extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
  /** Gives the file another name in its folder, that of another file too. */
  move(name: string): Promise<void>;
}

interface SyncAccess {
  getSize(): number;
  read(buffer: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

const NEWLINE = 0x0a;
/** A tab that was closed just now may still hold a file for a moment: so many naps of so many milliseconds are waited. */
const NAPS = 40;
const NAP_MS = 50;

/** Writes a file in consecutive parts, over an older one too, and forces it to the disk. A failure may leave a part of it. */
export async function writeParts(
  folder: FileSystemDirectoryHandle,
  name: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  await withAccess(folder, name, (file) => {
    file.truncate(0);
    let at = 0;
    for (const part of parts) {
      writeAt(file, part, at);
      at += part.length;
    }
  });
}

/** Adds a line to a file and forces it to the disk. A last line that was cut short goes first. */
export async function appendLine(folder: FileSystemDirectoryHandle, name: string, line: string): Promise<void> {
  await withAccess(folder, name, (file) => {
    const before = new Uint8Array(file.getSize());
    file.read(before, { at: 0 });
    const end = before.lastIndexOf(NEWLINE) + 1;
    file.truncate(end);
    writeAt(file, new TextEncoder().encode(`${line}\n`), end);
  });
}

/** Gives a file another name, that of another file too. */
export async function rename(folder: FileSystemDirectoryHandle, from: string, to: string): Promise<void> {
  const file = (await folder.getFileHandle(from)) as WorkerFile;
  await file.move(to);
}

function writeAt(file: SyncAccess, bytes: Uint8Array, at: number): void {
  if (file.write(bytes, { at }) < bytes.length) throw new DOMException('cut short', 'QuotaExceededError');
}

async function withAccess(
  folder: FileSystemDirectoryHandle,
  name: string,
  work: (file: SyncAccess) => void,
): Promise<void> {
  const file = await opened((await folder.getFileHandle(name, { create: true })) as WorkerFile);
  try {
    work(file);
    file.flush();
  } finally {
    file.close();
  }
}

async function opened(file: WorkerFile): Promise<SyncAccess> {
  for (let nap = 0; ; nap++) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if ((error as DOMException).name !== 'NoModificationAllowedError' || nap === NAPS) throw error;
      await new Promise((resolve) => setTimeout(resolve, NAP_MS));
    }
  }
}
