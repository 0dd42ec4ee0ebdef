/** Files that were dropped on the page, as the readers of data folders see them. */
import { InputError } from '../../src/base/errors.js';
import { type FileEntry, type Files, UnlistedFolder } from '../../src/data/folder/files.js';
import { checkFileSize } from '../../src/formats/limits.js';
import type { ByteSource } from '../../src/formats/source.js';
import type { DroppedFile } from './protocol.js';

/** Whether a file is one that systems leave behind by themselves. */
export function isHidden({ path }: DroppedFile): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

/** The bytes of a dropped file, read where they are asked for. */
export function sourceOfFile({ path, file }: DroppedFile): ByteSource {
  return {
    name: path,
    size: file.size,
    async read(offset, length) {
      try {
        return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      } catch {
        throw new InputError(`${path}: cannot be read any more; drop it again`);
      }
    },
  };
}

/** The files by their paths; '' is the folder that all are in. */
export class DroppedFiles implements Files {
  readonly #files: ReadonlyMap<string, DroppedFile>;

  constructor(files: readonly DroppedFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  join(folder: string, ...names: string[]): string {
    return [folder, ...names].filter((part) => part !== '').join('/');
  }

  nameOf(folder: string): string {
    return folder.split('/').at(-1)!;
  }

  async list(folder: string): Promise<readonly FileEntry[]> {
    const start = folder === '' ? '' : `${folder}/`;
    const found = new Map<string, FileEntry>();
    for (const path of this.#files.keys()) {
      if (!path.startsWith(start)) continue;
      const [name, ...below] = path.slice(start.length).split('/') as [string, ...string[]];
      found.set(name, { name, isFile: below.length === 0 });
    }
    if (found.size === 0) throw new UnlistedFolder(folder, this.#files.has(folder) ? 'ENOTDIR' : 'ENOENT');
    return [...found.values()];
  }

  async read(path: string): Promise<Uint8Array> {
    const { size, read } = await this.open(path);
    checkFileSize(size, path);
    return read(0, size);
  }

  async open(path: string): Promise<ByteSource> {
    const file = this.#files.get(path);
    if (file) return sourceOfFile(file);
    throw new InputError(`${path}: there is no such file; drop it with the others`);
  }
}
