/** The disk as the place of results, see `OutputsIn`. */
import { access, constants, lstat, mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { InputError } from '../../../base/errors.js';
import { type FileKind, HEAD_BYTES } from '../../../formats/file-kind.js';
import {
  changedMeanwhile,
  isAFile,
  isAFolder,
  noFolderAbove,
  notReplaced,
  type OutputOptions,
  OutputsIn,
  type Place,
} from '../../outputs.js';
import { writeFileAtomic } from './atomic.js';
import { fileError } from './file-errors.js';
import { readFileChecked } from './read.js';

/** The results of one call, on the disk. */
export class Outputs extends OutputsIn {
  constructor(options: OutputOptions) {
    super(options, DISK);
  }
}

/** Makes a folder that `Outputs.folder` has claimed; one that exists is left as it is. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch(async (error: unknown) => {
    if (!(await isFolder(path))) throw fileError(path, 'created', error, NO_FOLDER);
  });
}

/**
 * Writes over a file that was read as `before`, through a symbolic link too.
 * @throws InputError where it holds something else now
 */
export async function replaceUnchanged(path: string, before: Uint8Array, content: Uint8Array): Promise<void> {
  const check = async () => {
    if (Buffer.compare(await readFileChecked(path), before) === 0) return;
    throw changedMeanwhile(path);
  };
  await check();
  await writeFileAtomic(await realpath(path), content, check);
}

/** The names in a folder; none where there is no such folder. */
async function listIfThere(path: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw fileError(path, 'read', error, '');
  });
}

/** @throws InputError unless there is nothing at `path`, an empty file, one of this kind, or with `force` any file */
async function requireReplaceable(path: string, kind: FileKind, force: boolean): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(path, 'written', error, '');
  });
  if (!found) return;
  if (found.isDirectory()) throw isAFolder(path);
  if (!found.isFile()) {
    const what = found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file but a device, a pipe or a socket';
    throw new InputError(`${path}: ${what}, which is never replaced; give another name`);
  }
  if (force || found.size === 0 || kind.begins(await readHead(path))) return;
  throw notReplaced(path, kind);
}

async function readHead(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw fileError(path, 'read', error, 'it has just been removed; try again');
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

export const NO_FOLDER = 'the folder above it does not exist; create that first';

/** @throws InputError unless the folder that `path` is to be in is there and may be written to */
async function requireFolderAbove(path: string, operation: 'written' | 'created'): Promise<void> {
  const above = dirname(path);
  if (!(await isFolder(above))) throw noFolderAbove(path, operation, above);
  await access(above, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw fileError(path, operation, error, NO_FOLDER);
  });
}

/** @throws InputError where there is something else */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(path, 'created', error, '');
  });
  if (found && !found.isDirectory()) throw isAFile(path);
  return found !== undefined;
}

/** Resolves symbolic links and `..` in a path that need not exist yet. */
async function realTarget(path: string): Promise<string> {
  return realpath(path).catch(async (error: unknown) => {
    const above = dirname(path);
    if (above === path) throw fileError(path, 'read', error, 'there is no such folder; check the path');
    return join(await realTarget(above), basename(path));
  });
}

/** Whether a real path lies in that of a folder. */
function isInside(path: string, folder: string): boolean {
  const inside = relative(folder, path);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

const DISK: Place = {
  realPath: realTarget,
  isInside,
  folderOf: dirname,
  nameOf: basename,
  isFolder,
  requireFolderAbove,
  requireReplaceable,
  write: writeFileAtomic,
  list: listIfThere,
};
