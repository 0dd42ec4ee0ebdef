/**
 * Where the results of a command go, and what they may write over. One rule for all:
 *
 *   - nothing is written to what the call reads, nor into a folder that it reads, nor into another data folder;
 *   - a file that is there is written over where this program wrote it and it is of the same kind, else with `force` only;
 *   - of a path that the user typed, the last folder is made, no other.
 *
 * A result is claimed before the work, so that long work does not fail at its end, and checked again when it is written.
 */
import { bytesOf } from '../base/bytes.js';
import { InputError } from '../base/errors.js';
import type { FileKind } from '../formats/file-kind.js';

/** A file or folder that a call reads, and the option that names it. */
export interface Source {
  readonly option: string;
  readonly path: string;
}

export interface OutputOptions {
  /** Whether files that this program did not write are replaced. */
  readonly force: boolean;
  readonly sources: readonly Source[];
  /** The data folder that results in `folder` would be part of, though this call does not read it. */
  dataFolderAt(folder: string): Promise<string | undefined>;
}

/** A file that may be written. */
export interface OutputFile {
  readonly path: string;
  /** Writes it, whole or not at all. @throws InputError where it may not be written any more, or cannot be */
  write(content: Uint8Array | string): Promise<void>;
}

export interface FolderOptions {
  /** Whether the folders above it are made, too: it is a default then, in which there can be no typing error. */
  readonly parents?: boolean;
}

export interface NewFolderOptions extends FolderOptions {
  /** Whether a name in the folder is ignored. */
  passOver?(name: string): boolean;
}

/** Where results are written: a disk, or the storage of a page. What it refuses is an InputError that names the path. */
export interface Place {
  /** The path that stands for this file or folder alone, however it is written; it need not exist. */
  realPath(path: string): Promise<string>;
  /** Whether a real path lies in that of a folder. */
  isInside(path: string, folder: string): boolean;
  /** The folder that a real path lies in. */
  folderOf(path: string): string;
  nameOf(path: string): string;
  /** @throws InputError where there is something else */
  isFolder(path: string): Promise<boolean>;
  /** @throws InputError unless the folder that `path` is to be in is there and may be written to */
  requireFolderAbove(path: string, operation: 'written' | 'created'): Promise<void>;
  /** @throws InputError unless there is nothing at `path`, an empty file, one of this kind, or with `force` any file */
  requireReplaceable(path: string, kind: FileKind, force: boolean): Promise<void>;
  /** Writes a file, whole or not at all. @param check is called just before it gets its name, and may throw */
  write(path: string, bytes: Uint8Array, check: () => Promise<void>): Promise<void>;
  /** The names in a folder; none where there is no such folder. */
  list(path: string): Promise<string[]>;
}

/** The results of one call, in a place. */
export class OutputsIn {
  readonly #options: OutputOptions;
  readonly #place: Place;
  #sources: Promise<(Source & { readonly real: string })[]> | undefined;
  /** The files that are claimed, by their real paths, with what each of them is made of where that is known. */
  readonly #files = new Map<string, string | undefined>();
  readonly #folders = new Set<string>();

  constructor(options: OutputOptions, place: Place) {
    this.#options = options;
    this.#place = place;
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
    if (this.#files.has(target)) throw claimedTwice(path, this.#place.nameOf(path), this.#files.get(target), source);
    if (!this.#folders.has(this.#place.folderOf(target))) await this.#place.requireFolderAbove(path, 'written');
    const check = () => this.#place.requireReplaceable(path, kind, this.force);
    await check();
    this.#files.set(target, source);
    return { path, write: (content) => this.#place.write(path, bytesOf(content), check) };
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
    if (!(await this.#place.isFolder(path)) && !parents) await this.#place.requireFolderAbove(path, 'created');
    this.#folders.add(target);
  }

  /** Claims a folder that does not exist yet or is empty; with `force` it may hold anything. */
  async newFolder(path: string, options: NewFolderOptions = {}): Promise<void> {
    await this.folder(path, options);
    const entries = await this.#place.list(path);
    if (this.force || entries.every((name) => options.passOver?.(name))) return;
    throw new InputError(`${path}: exists and is not empty; give another folder, or write into it with --force`);
  }

  /** The real path of a result. @throws InputError where the call reads it, or a folder that it is in */
  async #outsideSources(path: string): Promise<string> {
    const target = await this.#place.realPath(path);
    this.#sources ??= Promise.all(
      this.#options.sources.map(async (source) => ({ ...source, real: await this.#place.realPath(source.path) })),
    );
    for (const { option, path: source, real } of await this.#sources) {
      if (real === target) throw new InputError(`${path}: ${option} reads it, ${ELSEWHERE}`);
      if (!this.#place.isInside(target, real)) continue;
      throw new InputError(`${path}: in the folder that ${option} reads (${source}), ${ELSEWHERE}`);
    }
    return target;
  }
}

function claimedTwice(path: string, name: string, other: string | undefined, source: string | undefined): InputError {
  if (other === undefined || source === undefined) {
    return new InputError(`${path}: two results would be written to it; rename one of them`);
  }
  return new InputError(`${other} and ${source} would both give ${name}; rename one of them`);
}

const ELSEWHERE = 'so nothing is written there; give another place';

export function notReplaced(path: string, { name }: FileKind): InputError {
  return new InputError(
    `${path}: exists, and is not ${name} that unetpp wrote; give another name, or replace it with --force`,
  );
}

export function isAFolder(path: string): InputError {
  return new InputError(`${path}: a folder, expected a file; give the name of a file`);
}

export function isAFile(path: string): InputError {
  return new InputError(`${path}: a file, expected a folder; give another name`);
}

export function noFolderAbove(path: string, operation: 'written' | 'created', above: string): InputError {
  return new InputError(`${path}: cannot be ${operation}: there is no folder ${above}; create it, or correct the path`);
}

export function changedMeanwhile(path: string): InputError {
  return new InputError(`${path}: changed while it was evaluated, so nothing was stored; evaluate it again`);
}
