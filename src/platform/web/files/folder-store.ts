/** The files of a folder in the storage of this site, which are written in a worker. */
import type { FolderStore } from '../../folder-store.js';
import { isTemporary, writeAtomic } from './atomic.js';
import { join } from './path-parts.js';
import { findFolder, ifThere } from './storage.js';
import { storageError } from './storage-errors.js';
import { appendLine, rename, writeParts } from './write.js';

/** Nobody else writes to the folder, so that the names in it are known once they were listed. */
class StoredFolder implements FolderStore {
  constructor(
    readonly path: string,
    private readonly handle: FileSystemDirectoryHandle | undefined,
    private readonly names: Set<string>,
  ) {}

  pathOf(name: string): string {
    return join(this.path, name);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    if (!this.has(name)) return undefined;
    return this.#telling(name, 'read', async () => {
      const file = await (await this.#folder().getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    });
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#telling(name, 'written', () => writeAtomic(this.#folder(), name, bytes));
    this.names.add(name);
  }

  async append(name: string, line: string): Promise<void> {
    await this.#telling(name, 'written', () => appendLine(this.#folder(), name, line));
    this.names.add(name);
  }

  async writeParts(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const folder = this.#folder();
    this.names.add(name);
    await writeParts(folder, name, parts);
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.#folder(), from, to);
    this.names.delete(from);
    this.names.add(to);
  }

  async remove(name: string): Promise<void> {
    if (!this.has(name)) return;
    await ifThere(this.#folder().removeEntry(name));
    this.names.delete(name);
  }

  /** The browser has the names on the disk when it has answered. */
  async sync(): Promise<void> {}

  failure(name: string, error: unknown): Promise<Error> {
    return storageError(this.pathOf(name), 'written', error);
  }

  async clearUp(): Promise<void> {
    for (const name of [...this.names].filter(isTemporary)) await this.remove(name);
  }

  #folder(): FileSystemDirectoryHandle {
    if (this.handle) return this.handle;
    throw new DOMException('there is no such folder', 'NotFoundError');
  }

  async #telling<T>(name: string, operation: 'read' | 'written', action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw await storageError(this.pathOf(name), operation, error);
    }
  }
}

/** Opens a folder; one that is not there has no files. */
export async function openFolder(path: string): Promise<FolderStore> {
  const handle = await findFolder(path);
  const names = new Set<string>();
  if (handle) for await (const name of handle.keys()) names.add(name);
  return new StoredFolder(path, handle, names);
}
