/**
 * The storage that a browser keeps for this site alone (the origin private file system): a tree of folders and files.
 * Paths lead from its root, like `runs/phantom/model.safetensors`.
 */
import { InputError } from '../../../base/errors.js';
import { partsOf } from './path-parts.js';

/** The root of the storage. @throws InputError where the page has none */
export async function storageRoot(): Promise<FileSystemDirectoryHandle> {
  try {
    return await navigator.storage.getDirectory();
  } catch (error) {
    const advice = 'open it over HTTPS or from localhost, and not in a private window';
    throw new InputError(`storage: this browser keeps no files for this page; ${advice}`, { cause: error });
  }
}

/** The folder at a path from `root` on; undefined where there is none, or a file. */
export async function findFolder(
  path: string,
  root: () => Promise<FileSystemDirectoryHandle> = storageRoot,
): Promise<FileSystemDirectoryHandle | undefined> {
  let folder = await root();
  for (const name of partsOf(path)) {
    const next = await ifThere(folder.getDirectoryHandle(name));
    if (!next) return undefined;
    folder = next;
  }
  return folder;
}

/** The file at a path from `root` on; undefined where there is none, or a folder. */
export async function findFile(
  path: string,
  root?: () => Promise<FileSystemDirectoryHandle>,
): Promise<FileSystemFileHandle | undefined> {
  const names = partsOf(path);
  const name = names.pop();
  const folder = name === undefined ? undefined : await findFolder(names.join('/'), root);
  return folder && ifThere(folder.getFileHandle(name!));
}

/** Makes the folder at a path, with those above it. */
export async function makeFolders(path: string): Promise<FileSystemDirectoryHandle> {
  let folder = await storageRoot();
  for (const name of partsOf(path)) folder = await folder.getDirectoryHandle(name, { create: true });
  return folder;
}

/** Removes the file or folder at a path with all that is in it, where there is one. */
export async function removeAll(path: string): Promise<void> {
  const names = partsOf(path);
  const name = names.pop();
  const folder = name === undefined ? undefined : await findFolder(names.join('/'));
  if (folder) await ifThere(folder.removeEntry(name!, { recursive: true }));
}

/** What is looked for; undefined where nothing of its name and kind is there. */
export async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: DOMException) => {
    if (error.name === 'NotFoundError' || error.name === 'TypeMismatchError') return undefined;
    throw error;
  });
}
