/** Data folders in directories that the browser gives access to: the storage of this site, or a folder that the user has picked. */
import { InputError } from '../../../base/errors.js';
import { type FileEntry, type Files, UnlistedFolder } from '../../../data/folder/files.js';
import { join, partsOf } from './path-parts.js';
import { fileBytes, fileSource } from './sources.js';
import { findFile, findFolder } from './storage.js';

/**
 * Reads a directory and all that is in it.
 * @param top what paths begin with, the name of a folder that the user has picked; the storage has none
 */
export function directoryFiles(root: () => Promise<FileSystemDirectoryHandle>, top = ''): Files {
  const within = (path: string) => partsOf(path).slice(partsOf(top).length).join('/');
  const find = async (path: string): Promise<File> => {
    const handle = await findFile(within(path), root);
    if (handle) return handle.getFile();
    const isFolder = await findFolder(within(path), root);
    const reason = isFolder ? 'it is a folder, expected a file' : 'there is no such file; check the path';
    throw new InputError(`${path}: cannot be read: ${reason}`);
  };
  return {
    join,
    nameOf: (folder) => partsOf(folder).at(-1) ?? '',
    async list(folder) {
      const handle = await findFolder(within(folder), root);
      if (!handle) throw new UnlistedFolder(folder, (await findFile(within(folder), root)) ? 'ENOTDIR' : 'ENOENT');
      const entries: FileEntry[] = [];
      for await (const [name, { kind }] of handle.entries()) entries.push({ name, isFile: kind === 'file' });
      return entries;
    },
    read: async (path) => fileBytes(await find(path), path),
    open: async (path) => fileSource(await find(path), path),
  };
}

/** Reads a folder that the user has picked, whose paths begin with its name. */
export function pickedFiles(folder: FileSystemDirectoryHandle): Files {
  return directoryFiles(async () => folder, folder.name);
}
