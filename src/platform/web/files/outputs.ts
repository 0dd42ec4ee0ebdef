/** The storage of this site as the place of results, see `OutputsIn`. */
import { equalBytes } from '../../../base/bytes.js';
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
import { writeAtomic } from './atomic.js';
import { ensureDirectory } from './folders.js';
import { join, partsOf } from './path-parts.js';
import { readFileChecked } from './read.js';
import { findFile, findFolder } from './storage.js';
import { storageError } from './storage-errors.js';

/** The results of one call, in the storage. */
export class Outputs extends OutputsIn {
  constructor(options: OutputOptions) {
    super(options, STORAGE);
  }
}

/** Makes a folder that `Outputs.folder` has claimed; one that exists is left as it is. */
export async function makeFolder(path: string): Promise<void> {
  if (!(await isFolder(path))) await ensureDirectory(path);
}

/**
 * Writes over a file that was read as `before`.
 * @throws InputError where it holds something else now
 */
export async function replaceUnchanged(path: string, before: Uint8Array, content: Uint8Array): Promise<void> {
  await write(path, content, async () => {
    if (!equalBytes(await readFileChecked(path), before)) throw changedMeanwhile(path);
  });
}

const STORAGE: Place = {
  realPath: async (path) => join(path),
  isInside: (path, folder) => path.startsWith(folder === '' ? '' : `${folder}/`),
  folderOf,
  nameOf: (path) => partsOf(path).at(-1) ?? '',
  isFolder,
  requireFolderAbove,
  requireReplaceable,
  write,
  async list(path) {
    const names: string[] = [];
    const folder = await findFolder(path);
    if (folder) for await (const name of folder.keys()) names.push(name);
    return names;
  },
};

function folderOf(path: string): string {
  return partsOf(path).slice(0, -1).join('/');
}

async function isFolder(path: string): Promise<boolean> {
  if (await findFile(path)) throw isAFile(path);
  return (await findFolder(path)) !== undefined;
}

async function requireFolderAbove(path: string, operation: 'written' | 'created'): Promise<void> {
  if (!(await isFolder(folderOf(path)))) throw noFolderAbove(path, operation, folderOf(path));
}

async function requireReplaceable(path: string, kind: FileKind, force: boolean): Promise<void> {
  if (await findFolder(path)) throw isAFolder(path);
  const file = await (await findFile(path))?.getFile();
  if (!file || force || file.size === 0) return;
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (!kind.begins(Array.from(head, (byte) => String.fromCharCode(byte)).join(''))) throw notReplaced(path, kind);
}

async function write(path: string, bytes: Uint8Array, check: () => Promise<void>): Promise<void> {
  try {
    const folder = await findFolder(folderOf(path));
    if (!folder) throw noFolderAbove(path, 'written', folderOf(path));
    await writeAtomic(folder, partsOf(path).at(-1)!, bytes, check);
  } catch (error) {
    throw await storageError(path, 'written', error);
  }
}
