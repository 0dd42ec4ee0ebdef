/**
 * Where the results of a command go, and what they may write over. One rule for all:
 *
 *   - nothing is written to what the call reads, nor into a folder that it reads, nor into another data folder;
 *   - a file that is there is written over where this program wrote it and it is of the same kind, else with `force` only;
 *   - of a path that the user typed, the last folder is made, no other.
 *
 * A result is claimed before the work, so that long work does not fail at its end, and checked again when it is written.
 */
import { access, constants, lstat, mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { bytesOf } from '../../../base/bytes.js';
import { InputError } from '../../../base/errors.js';
import { type FileKind, HEAD_BYTES } from '../../../formats/file-kind.js';
import type { FolderOptions, NewFolderOptions, OutputFile, OutputOptions, Source } from '../../output.js';
import { writeFileAtomic } from './atomic.js';
import { fileError } from './file-errors.js';
import { readFileChecked } from './read.js';

/** The results of one call. */
export class Outputs {
  readonly #options: OutputOptions;
  #sources: Promise<(Source & { readonly real: string })[]> | undefined;
  /** The files that are claimed, by their real paths, with what each of them is made of where that is known. */
  readonly #files = new Map<string, string | undefined>();
  readonly #folders = new Set<string>();

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  get force(): boolean {
    return this.#options.force;
  }

  /**
   * Claims a file, in a folder that exists or that was claimed.
   * @param source what it is made of, for the error where something else gives a file of the same path
   * @throws InputError that names the path, and says what to do
   */
  async file(path: string, kind: FileKind, source?: string): Promise<OutputFile> {
    const target = await this.#outsideSources(path);
    if (this.#files.has(target)) throw claimedTwice(path, this.#files.get(target), source);
    if (!this.#folders.has(dirname(target))) await requireFolderAbove(path, 'written');
    const check = () => requireReplaceable(path, kind, this.force);
    await check();
    this.#files.set(target, source);
    return { path, write: (content) => writeFileAtomic(path, bytesOf(content), check) };
  }

  /**
   * Claims a folder; `makeFolder` makes it when the work begins.
   * @throws InputError that names the path, and says what to do
   */
  async folder(path: string, { parents = false }: FolderOptions = {}): Promise<void> {
    const target = await this.#outsideSources(path);
    const data = await this.#options.dataFolderAt(target);
    if (data !== undefined) {
      const what = data === target ? 'a data folder' : `belongs to the data folder ${data}`;
      throw new InputError(`${path}: ${what}, ${ELSEWHERE}`);
    }
    if (!(await isFolder(path)) && !parents) await requireFolderAbove(path, 'created');
    this.#folders.add(target);
  }

  /** Claims a folder that does not exist yet or is empty; with `force` it may hold anything. */
  async newFolder(path: string, options: NewFolderOptions = {}): Promise<void> {
    await this.folder(path, options);
    const entries = await listIfThere(path);
    if (this.force || entries.every((name) => options.passOver?.(name))) return;
    throw new InputError(`${path}: exists and is not empty; give another folder, or write into it with --force`);
  }

  /** The real path of a result. @throws InputError where the call reads it, or a folder that it is in */
  async #outsideSources(path: string): Promise<string> {
    const target = await realTarget(path);
    this.#sources ??= Promise.all(
      this.#options.sources.map(async (source) => ({ ...source, real: await realTarget(source.path) })),
    );
    for (const { option, path: source, real } of await this.#sources) {
      const inside = relative(real, target);
      if (inside === '') throw new InputError(`${path}: ${option} reads it, ${ELSEWHERE}`);
      if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) continue;
      throw new InputError(`${path}: in the folder that ${option} reads (${source}), ${ELSEWHERE}`);
    }
    return target;
  }
}

function claimedTwice(path: string, other: string | undefined, source: string | undefined): InputError {
  if (other === undefined || source === undefined) {
    return new InputError(`${path}: two results would be written to it; rename one of them`);
  }
  return new InputError(`${other} and ${source} would both give ${basename(path)}; rename one of them`);
}

const ELSEWHERE = 'so nothing is written there; give another place';

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
    throw new InputError(`${path}: changed while it was evaluated, so nothing was stored; evaluate it again`);
  };
  await check();
  await writeFileAtomic(await realpath(path), content, check);
}

/** The names in a folder; none where there is no such folder. */
export async function listIfThere(path: string): Promise<string[]> {
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
  if (found.isDirectory()) throw new InputError(`${path}: a folder, expected a file; give the name of a file`);
  if (!found.isFile()) {
    const what = found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file but a device, a pipe or a socket';
    throw new InputError(`${path}: ${what}, which is never replaced; give another name`);
  }
  if (force || found.size === 0 || kind.begins(await readHead(path))) return;
  throw new InputError(
    `${path}: exists, and is not ${kind.name} that unetpp wrote; give another name, or replace it with --force`,
  );
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
  if (!(await isFolder(above))) {
    throw new InputError(
      `${path}: cannot be ${operation}: there is no folder ${above}; create it, or correct the path`,
    );
  }
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
  if (found && !found.isDirectory()) throw new InputError(`${path}: a file, expected a folder; give another name`);
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
