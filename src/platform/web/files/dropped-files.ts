/** Data folders among the files that a user has dropped on a page. */
import { InputError } from '../../../base/errors.js';
import { type FileEntry, type Files, UnlistedFolder } from '../../../data/folder/files.js';
import { join, partsOf } from './path-parts.js';
import { fileBytes, fileSource } from './sources.js';

/** A file, with its path from what was dropped on: `my-scans/images/a.png`. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Reads dropped files, the folders of which are those in their paths. */
export function droppedFiles(dropped: readonly DroppedFile[]): Files {
  const files = new Map(dropped.map(({ path, file }) => [join(path), file]));
  const folders = new Map<string, Map<string, FileEntry>>([['', new Map()]]);
  for (const path of files.keys()) {
    const parts = partsOf(path);
    for (const [k, name] of parts.entries()) {
      const folder = parts.slice(0, k).join('/');
      if (!folders.has(folder)) folders.set(folder, new Map());
      folders.get(folder)!.set(name, { name, isFile: k === parts.length - 1 });
    }
  }
  const find = (path: string): File => {
    const file = files.get(join(path));
    if (file) return file;
    throw new InputError(`${path}: cannot be read: it is not among the files that were dropped; drop its folder again`);
  };
  return {
    join,
    nameOf: (folder) => partsOf(folder).at(-1) ?? '',
    async list(folder) {
      const entries = folders.get(join(folder));
      if (entries) return [...entries.values()];
      throw new UnlistedFolder(folder, files.has(join(folder)) ? 'ENOTDIR' : 'ENOENT');
    },
    read: async (path) => fileBytes(find(path), path),
    open: async (path) => fileSource(find(path), path),
  };
}
