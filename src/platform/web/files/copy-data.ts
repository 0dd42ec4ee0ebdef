/**
 * Data that a user has given to the page is copied into the storage, `data/NAME`, before a training: going on after the
 * tab was closed then needs nothing from the user.
 */
import { InputError } from '../../../base/errors.js';
import { memorySize } from '../../../base/quantities.js';
import type { Files } from '../../../data/folder/files.js';
import { type ByteSource, readAll } from '../../../formats/source.js';
import { lockFolder } from '../lock/lock.js';
import { DATA } from './around.js';
import { join, partsOf } from './path-parts.js';
import { exists } from './paths.js';
import { findFolder, makeFolders, removeAll } from './storage.js';
import { MAKE_ROOM, storageError, storageUse } from './storage-errors.js';
import { writeParts } from './write.js';

/** The ending of the empty folder `data/NAME.copying`, which is there while `data/NAME` is not whole. */
const COPYING = '.copying';

export interface CopyOptions {
  /** Is called with how many bytes of all are copied. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the copying with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Copies a folder with all that is in it to `data/NAME`, or `data/NAME-2`, … where there is one already. Whatever fails,
 * and where the tab is closed meanwhile, no part of it is left: what a closed tab has left goes with the next call.
 * @param files where the folder lies: `droppedFiles`, or `pickedFiles`
 * @returns the path for the option `data`
 * @throws InputError where it does not fit into the storage, with how much is free, or another tab copies data
 */
export async function copyData(files: Files, folder: string, options: CopyOptions = {}): Promise<string> {
  const lock = await lockFolder(DATA);
  try {
    await removeHalfCopied();
    const sources = await sourcesIn(files, folder);
    const total = sources.reduce((sum, { source }) => sum + source.size, 0);
    await requireRoom(folder, total);
    const target = await freePath(files.nameOf(folder) || 'dropped');
    const copying = `${target}${COPYING}`;
    await makeFolders(copying);
    try {
      await copyAll(sources, target, total, options);
    } catch (error) {
      await removeAll(target);
      throw await storageError(target, 'written', error);
    } finally {
      await removeAll(copying);
    }
    return target;
  } finally {
    await lock.release();
  }
}

interface Found {
  /** The path from the folder on. */
  readonly path: string;
  readonly source: ByteSource;
}

async function copyAll(
  sources: readonly Found[],
  target: string,
  total: number,
  { onProgress, signal }: CopyOptions,
): Promise<void> {
  let done = 0;
  for (const { path, source } of sources) {
    const names = partsOf(join(target, path));
    const folder = await makeFolders(names.slice(0, -1).join('/'));
    signal?.throwIfAborted();
    await writeParts(folder, names.at(-1)!, [await readAll(source)]);
    done += source.size;
    onProgress?.(done, total);
  }
}

/** All files in a folder and those in it, but hidden ones. */
async function sourcesIn(files: Files, folder: string, path = ''): Promise<Found[]> {
  const found: Found[] = [];
  for (const { name, isFile } of await files.list(files.join(folder, path))) {
    if (name.startsWith('.')) continue;
    const own = join(path, name);
    if (isFile) found.push({ path: own, source: await files.open(files.join(folder, own)) });
    else found.push(...(await sourcesIn(files, folder, own)));
  }
  return found;
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { usage, quota } = await storageUse();
  const free = Math.max(0, quota - usage);
  if (bytes <= free) return;
  const left = `the storage of this site has ${memorySize(free)} of ${memorySize(quota)} free`;
  throw new InputError(`${folder}: takes ${memorySize(bytes)}, and ${left}; ${MAKE_ROOM}, or take fewer images`);
}

async function freePath(name: string): Promise<string> {
  const base = join(DATA, name);
  let path = base;
  for (let n = 2; await exists(path); n++) path = `${base}-${n}`;
  return path;
}

async function removeHalfCopied(): Promise<void> {
  const names: string[] = [];
  const folder = await findFolder(DATA);
  if (folder) for await (const name of folder.keys()) names.push(name);
  for (const name of names.filter((each) => each.endsWith(COPYING))) {
    await removeAll(join(DATA, name.slice(0, -COPYING.length)));
    await removeAll(join(DATA, name));
  }
}
