/** The files of a folder on the disk. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderStore } from '../../folder-store.js';
import { appendLine, removeTemporaries, writeFileAtomic } from './atomic.js';
import { syncFolder, writeDurably } from './durable.js';
import { fileError } from './file-errors.js';
import { readIfThere } from './read.js';

export class DiskFolder implements FolderStore {
  constructor(readonly path: string) {}

  pathOf(name: string): string {
    return join(this.path, name);
  }

  has(name: string): boolean {
    return existsSync(this.pathOf(name));
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return readIfThere(this.pathOf(name));
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return writeFileAtomic(this.pathOf(name), bytes);
  }

  append(name: string, line: string): Promise<void> {
    return appendLine(this.pathOf(name), line);
  }

  writeParts(name: string, parts: readonly Uint8Array[]): Promise<void> {
    return writeDurably(this.pathOf(name), parts);
  }

  rename(from: string, to: string): Promise<void> {
    return rename(this.pathOf(from), this.pathOf(to));
  }

  remove(name: string): Promise<void> {
    return rm(this.pathOf(name), { force: true });
  }

  sync(): Promise<void> {
    return syncFolder(this.path);
  }

  async failure(name: string, error: unknown): Promise<Error> {
    return fileError(this.pathOf(name), 'written', error, 'its folder does not exist; create the folder first');
  }

  clearUp(): Promise<void> {
    return removeTemporaries(this.path);
  }
}

/** Opens a folder; one that is not there has no files. */
export async function openFolder(path: string): Promise<FolderStore> {
  return new DiskFolder(path);
}
